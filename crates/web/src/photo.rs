//! Pictures of people: decoded, turned upright, cut to a square, and written anew, so that nothing that a camera or a
//! prankster put beside the picture stays.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType};
use rules::refusal::Problem;

use crate::turns::Turns;

/// Width and height of a stored picture, in pixels.
const SIDE_PIXELS: u32 = 512;
/// The widest or highest picture that is decoded, in pixels.
const MOST_PIXELS: u32 = 8_000;
/// The most memory that a decoded picture may take, in bytes: twice what a telephone makes.
const DECODE_MAX_BYTES: u64 = 96 * 1024 * 1024;
/// So many pictures are decoded at once, and so many more may wait.
const AT_ONCE: usize = 2;
const WAITING_MAX: usize = 16;

/// Decoding takes a core and much memory.
pub static TURNS: Turns = Turns::new(AT_ONCE, WAITING_MAX);

/// A clean WebP from a JPEG, PNG or WebP.
///
/// # Errors
/// What is wrong with the picture.
pub fn clean(sent: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut reader =
        ImageReader::new(Cursor::new(sent)).with_guessed_format().map_err(|_| Problem::NotAPicture)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) {
        return Err(Problem::NotAPicture);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODE_MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Problem::NotAPicture)?;
    let (width, height) = decoder.dimensions();
    if width > MOST_PIXELS || height > MOST_PIXELS {
        return Err(Problem::PictureTooLarge { most_pixels: MOST_PIXELS });
    }
    // The limits above are for what the decoder itself needs; the picture is not part of it.
    if decoder.total_bytes() > DECODE_MAX_BYTES {
        let pixels = DECODE_MAX_BYTES / u64::from(decoder.color_type().bytes_per_pixel());
        return Err(Problem::PictureTooLarge {
            most_pixels: u32::try_from(pixels.isqrt()).unwrap_or(MOST_PIXELS),
        });
    }
    let upright = decoder.orientation().map_err(|_| Problem::NotAPicture)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Problem::NotAPicture)?;
    picture.apply_orientation(upright);
    let side = picture.width().min(picture.height()).min(SIDE_PIXELS);
    let square = picture.resize_to_fill(side, side, FilterType::Lanczos3).to_rgb8();
    let mut clean = Cursor::new(Vec::new());
    square.write_to(&mut clean, ImageFormat::WebP).map_err(|_| Problem::NotAPicture)?;
    Ok(clean.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height)
            .write_to(&mut bytes, format)
            .expect("an empty picture is written");
        bytes.into_inner()
    }

    #[test]
    fn a_picture_becomes_a_square_without_its_metadata() {
        let mut jpeg = picture(900, 600, ImageFormat::Jpeg);
        // An Exif segment with a text that must not survive (APP1, behind the two bytes of SOI).
        let secret = b"Exif\0\0MM\0*\0\0\0\x08\0\0GPS 52.5200 13.4050";
        let length = u16::try_from(secret.len() + 2).expect("short").to_be_bytes();
        let segment: Vec<u8> = [&[0xff, 0xe1], length.as_slice(), secret].concat();
        jpeg.splice(2..2, segment);
        let clean = clean(&jpeg).expect("a JPEG is a picture");
        assert!(!clean.windows(3).any(|bytes| bytes == b"GPS"));
        let read =
            image::load_from_memory_with_format(&clean, ImageFormat::WebP).expect("a WebP was written");
        assert_eq!((read.width(), read.height()), (512, 512));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        assert_eq!(clean(b"<svg onload=alert(1)>"), Err(Problem::NotAPicture));
        assert_eq!(clean(b""), Err(Problem::NotAPicture));
        let cut = &picture(20, 20, ImageFormat::Png)[..40];
        assert_eq!(clean(cut), Err(Problem::NotAPicture));
        let wide = picture(MOST_PIXELS + 1, 1, ImageFormat::Png);
        assert_eq!(clean(&wide), Err(Problem::PictureTooLarge { most_pixels: MOST_PIXELS }));
    }

    #[test]
    fn a_small_file_that_unfolds_to_much_memory_is_refused_before_it_is_decoded() {
        let mut deep = Cursor::new(Vec::new());
        DynamicImage::new_rgba16(4_000, 4_000)
            .write_to(&mut deep, ImageFormat::Png)
            .expect("a PNG is written");
        let deep = deep.into_inner();
        assert!(deep.len() < 1024 * 1024, "{} bytes", deep.len());
        assert_eq!(clean(&deep), Err(Problem::PictureTooLarge { most_pixels: 3_547 }));
        assert!(clean(&picture(4_000, 3_000, ImageFormat::Png)).is_ok(), "what a telephone makes");
    }
}
