//! The cairn: a journey drawn as stones, one per session. Pure: the same journey is always the same drawing, there is no
//! chance in it and no style attribute; colours come from css/components/cairn.css by class.
//!
//! The construction and its numbers are the design's own; a list of the sessions in words always stands near the drawing.

use std::fmt::{self, Write as _};

use crate::status::{self, Status};
use crate::texts::Texts;

/// More stones than this are not drawn: they would be thinner than their line. The list beside the drawing has them all.
pub const MOST_STONES_DRAWN: usize = 40;

/// One session of a journey: the number people call it by, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stone {
    /// Its number in the journey, from 1.
    pub number: u32,
    /// How it stands; a cancelled session has no stone.
    pub status: Status,
}

/// Whether the stones carry their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// On stones that are high enough for it.
    Shown,
    /// On none: small drawings.
    Hidden,
}

/// Where top and bottom (as parts of the width) and left and right (as parts of the height) leave the middle.
const PROFILES: [(f64, f64, f64, f64); 6] = [
    (-0.06, 0.02, 0.06, 0.10),
    (0.10, -0.03, 0.12, 0.02),
    (-0.14, 0.0, 0.02, 0.14),
    (0.04, 0.03, 0.10, 0.08),
    (0.16, -0.02, 0.14, -0.02),
    (-0.02, -0.04, 0.0, 0.12),
];
const WIDTHS: [f64; 5] = [1.0, 0.93, 1.05, 0.90, 1.02];
const HEIGHTS: [f64; 4] = [1.0, 0.86, 1.10, 0.92];
const OFFSETS: [f64; 7] = [0.0, 0.8, -0.9, 0.4, -0.5, 1.0, -0.7];
const TILTS: [f64; 6] = [-1.2, 2.0, -2.4, 1.4, -0.8, 2.6];
const BASE_WIDTH: f64 = 124.0;
const BASE_HEIGHT: f64 = 36.0;
const OVERLAP: f64 = 0.6;
const HOVER: f64 = 4.0;
const HOVER_ABOVE_GROUND: f64 = 3.0;
const FALLEN_TILT: f64 = 13.0;
const FALLEN_WIDTH: f64 = 62.0;
const FALLEN_HEIGHT: f64 = 27.0;
/// A number needs this much stone around it.
const NUMBERED_FROM_HEIGHT: f64 = 12.0;
/// Pixels for one unit of the drawing.
const SCALE: f64 = 1.375;

/// The cairn of a journey as an SVG element with a label that counts its sessions.
pub fn cairn(stones: &[Stone], numbers: Numbers, t: &Texts) -> String {
    let label = label(stones, t);
    Drawing::of(stones, numbers).svg(&format!(r#"role="img" aria-label="{}""#, Escaped(&label)))
}

/// A cairn of so many solid stones that means no journey: sign-in and error pages only.
pub fn ornament(stones: usize) -> String {
    let stones: Vec<Stone> =
        (1..=stones as u32).map(|number| Stone { number, status: Status::Completed }).collect();
    Drawing::of(&stones, Numbers::Hidden).svg(r#"aria-hidden="true""#)
}

/// "Cairn of 8 sessions: 3 completed, 2 booked, 1 missed, 2 unbooked".
pub fn label(stones: &[Stone], t: &Texts) -> String {
    let count = |status| stones.iter().filter(|stone| stone.status == status).count();
    let parts: Vec<String> =
        [Status::Completed, Status::Booked, Status::Missed, Status::GreyedOut, Status::Unbooked]
            .into_iter()
            .filter(|&status| count(status) > 0)
            .map(|status| format!("{} {}", count(status), t.status.word(status).to_lowercase()))
            .collect();
    let drawn = stones.iter().filter(|stone| stone.status != Status::Cancelled).count();
    (t.cairn.label)(drawn, &parts.join(", "))
}

/// The stone of one row in a step stack: the same shape, a fixed height. `index` counts from the ground.
pub fn row_stone(index: usize, of: usize, status: Status) -> String {
    let (width, _) = size(index, of.max(1));
    let shape = Shape { width: width * 0.72, height: 22.0, profile: PROFILES[index % PROFILES.len()] };
    let tilt = if status == Status::Missed { 11.0 } else { TILTS[index % TILTS.len()] };
    let mut svg = String::with_capacity(400);
    svg.push_str(
        r#"<svg aria-hidden="true" width="88" height="26" viewBox="-44 -13 88 26"><g transform="rotate("#,
    );
    push(&mut svg, format_args!("{tilt})\">"));
    shape.draw(&mut svg, index, status);
    if status == Status::Missed {
        svg.push_str(r#"<path class="cross" d="m-3.5-3.5 7 7m0-7-7 7"/>"#);
    }
    svg.push_str("</g></svg>");
    svg
}

/// A pebble, for a day line or a timeline.
pub fn pebble(index: usize, status: Status) -> String {
    let shape = Shape { width: 19.0, height: 12.4, profile: PROFILES[index % PROFILES.len()] };
    format!(
        r#"<svg class="pebble" data-status="{}" aria-hidden="true" viewBox="-10 -7 20 14"><path d="{shape}"/></svg>"#,
        status::key(status)
    )
}

struct Drawing {
    inside: String,
    top: f64,
    left: f64,
    right: f64,
}

impl Drawing {
    fn of(stones: &[Stone], numbers: Numbers) -> Drawing {
        let drawn: Vec<Stone> = stones
            .iter()
            .copied()
            .filter(|stone| stone.status != Status::Cancelled)
            .take(MOST_STONES_DRAWN)
            .collect();
        let mut drawing =
            Drawing { inside: String::with_capacity(360 * drawn.len()), top: 0.0, left: -78.0, right: 78.0 };
        let mut fallen = 0;
        for (index, stone) in drawn.iter().enumerate() {
            if stone.status == Status::Missed {
                drawing.fall(index, drawn.len(), fallen, *stone, numbers);
                fallen += 1;
            } else {
                drawing.place(index, drawn.len(), *stone, numbers);
            }
        }
        drawing
    }

    /// On the stack: what has happened touches what is below it, what is to come hovers.
    fn place(&mut self, index: usize, of: usize, stone: Stone, numbers: Numbers) {
        let (width, height) = size(index, of);
        let settled = matches!(stone.status, Status::Completed | Status::GreyedOut);
        if !settled {
            self.top += if self.top == 0.0 { HOVER_ABOVE_GROUND } else { HOVER };
        }
        let x = 6.0 * OFFSETS[index % OFFSETS.len()] * (1.0 - 0.4 * index as f64 / of as f64);
        let y = -(self.top + height / 2.0);
        let shape = Shape { width, height, profile: PROFILES[index % PROFILES.len()] };
        self.open(x, y, TILTS[index % TILTS.len()]);
        shape.draw(&mut self.inside, index, stone.status);
        if numbers == Numbers::Shown && height >= NUMBERED_FROM_HEIGHT {
            push(&mut self.inside, format_args!("<text>{}</text>", stone.number));
        }
        self.inside.push_str("</g>");
        self.top += if settled { height - OVERLAP } else { height };
    }

    /// Beside the stack, which closes: first right, then left, then further out.
    fn fall(&mut self, index: usize, of: usize, fallen: usize, stone: Stone, numbers: Numbers) {
        let (width, height) = size(index, of);
        let (width, height) = (width.min(FALLEN_WIDTH), height.min(FALLEN_HEIGHT));
        let (side, tilt) = if fallen.is_multiple_of(2) { (1.0, FALLEN_TILT) } else { (-1.0, -FALLEN_TILT) };
        let out = (BASE_WIDTH + FALLEN_WIDTH) / 2.0 + 3.0 + (fallen / 2) as f64 * (FALLEN_WIDTH + 2.0);
        let shape = Shape { width, height, profile: PROFILES[index % PROFILES.len()] };
        let numbered = numbers == Numbers::Shown && height >= NUMBERED_FROM_HEIGHT;
        self.open(side * out, -(height / 2.0 + width * 0.07), tilt);
        shape.draw(&mut self.inside, index, stone.status);
        if numbered {
            push(
                &mut self.inside,
                format_args!(
                    r#"<path class="cross" d="m-22-3.5 7 7m0-7-7 7"/><text x="6">{}</text>"#,
                    stone.number
                ),
            );
        } else {
            self.inside.push_str(r#"<path class="cross" d="m-3.5-3.5 7 7m0-7-7 7"/>"#);
        }
        self.inside.push_str("</g>");
        let edge = out + FALLEN_WIDTH / 2.0 + 10.0;
        if side > 0.0 {
            self.right = self.right.max(edge);
        } else {
            self.left = self.left.min(-edge);
        }
        self.top = self.top.max(0.0);
    }

    fn open(&mut self, x: f64, y: f64, tilt: f64) {
        push(
            &mut self.inside,
            format_args!(r#"<g transform="translate({} {}) rotate({tilt})">"#, R(x), R(y)),
        );
    }

    fn svg(&self, attributes: &str) -> String {
        const BELOW_GROUND: f64 = 8.0;
        let lowest_sky = FALLEN_HEIGHT + 8.0;
        let top = (self.top + 4.0).max(if self.right > 78.0 { lowest_sky } else { 20.0 });
        let (width, height) = (self.right - self.left, top + BELOW_GROUND);
        let ground = width - 12.0;
        let mut svg = String::with_capacity(self.inside.len() + 400);
        push(
            &mut svg,
            format_args!(
                r#"<svg class="cairn" {attributes} viewBox="{} {} {} {}" width="{:.0}" height="{:.0}"><path class="ground" d="M{} 2q{} -2 {} .3t{} .2"/>"#,
                R(self.left),
                R(-top),
                R(width),
                R(height),
                width * SCALE,
                height * SCALE,
                R(self.left + 6.0),
                R(ground * 0.3),
                R(ground * 0.55),
                R(ground * 0.45),
            ),
        );
        svg.push_str(&self.inside);
        svg.push_str("</svg>");
        svg
    }
}

/// Width and height of the stone at `index` from the ground, of `of`.
fn size(index: usize, of: usize) -> (f64, f64) {
    let up = index as f64 / (of.saturating_sub(1)).max(3) as f64;
    let width = BASE_WIDTH * (1.0 - 0.58 * up.powf(0.9)) * WIDTHS[index % WIDTHS.len()];
    let crowd = (9.0 / of as f64).sqrt().min(1.0);
    let height = BASE_HEIGHT * (1.0 - 0.40 * up) * HEIGHTS[index % HEIGHTS.len()] * crowd;
    (width, height)
}

/// Four curves through left, top, right and bottom of a box around the origin.
struct Shape {
    width: f64,
    height: f64,
    profile: (f64, f64, f64, f64),
}

impl Shape {
    fn draw(&self, svg: &mut String, index: usize, status: Status) {
        match status {
            Status::Completed => {
                push(svg, format_args!(r#"<path class="stone completed tint-{}" d="{self}"/>"#, index % 3));
            }
            Status::GreyedOut => {
                push(
                    svg,
                    format_args!(
                        r##"<path class="stone greyed" d="{self}"/><path fill="url(#hatch)" d="{self}"/>"##
                    ),
                );
            }
            other => push(svg, format_args!(r#"<path class="stone {}" d="{self}"/>"#, status::key(other))),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALONG_TOP: f64 = 0.60;
        const ALONG_BOTTOM: f64 = 0.76;
        const DOWN_SIDES: f64 = 0.58;
        let (top, bottom, left, right) = self.profile;
        let (half, rise) = (self.width / 2.0, self.height / 2.0);
        let (top, bottom) = (top * self.width, bottom * self.width);
        let (left, right) = (left * self.height, right * self.height);
        write!(f, "M{} {}", R(-half), R(left))?;
        let curves = [
            (
                (-half, left - DOWN_SIDES * (left + rise)),
                (top - ALONG_TOP * (top + half), -rise),
                (top, -rise),
            ),
            (
                (top + ALONG_TOP * (half - top), -rise),
                (half, right - DOWN_SIDES * (right + rise)),
                (half, right),
            ),
            (
                (half, right + DOWN_SIDES * (rise - right)),
                (bottom + ALONG_BOTTOM * (half - bottom), rise),
                (bottom, rise),
            ),
            (
                (bottom - ALONG_BOTTOM * (bottom + half), rise),
                (-half, left + DOWN_SIDES * (rise - left)),
                (-half, left),
            ),
        ];
        for ((ax, ay), (bx, by), (x, y)) in curves {
            write!(f, "C{} {} {} {} {} {}", R(ax), R(ay), R(bx), R(by), R(x), R(y))?;
        }
        f.write_str("Z")
    }
}

/// A coordinate, to a tenth.
struct R(f64);

impl fmt::Display for R {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        let (whole, tenth) = (tenths.abs() / 10, tenths.abs() % 10);
        if tenth == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{tenth}") }
    }
}

/// Text inside an attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '"' => f.write_str("&quot;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn push(svg: &mut String, what: fmt::Arguments<'_>) {
    svg.write_fmt(what).expect("writing to a String does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::EN;

    fn journey(statuses: &[Status]) -> Vec<Stone> {
        statuses.iter().zip(1..).map(|(&status, number)| Stone { number, status }).collect()
    }

    fn of_eight() -> Vec<Stone> {
        use Status::*;
        journey(&[Completed, Completed, Missed, Completed, Booked, Booked, Unbooked, Unbooked])
    }

    #[test]
    fn the_cairn_of_eight_is_the_one_that_was_designed() {
        let svg = cairn(&of_eight(), Numbers::Shown, &EN);
        assert!(svg.contains(r#"viewBox="-78 -206.6 215 214.6""#), "{svg}");
        let first = "M-62 2.2C-62 -9.5 -40.2 -18 -7.4 -18C34.2 -18 62 -8.9 62 3.6C62 12 47.7 18 2.5 18C-46.5 18 -62 11.3 -62 2.2Z";
        assert!(svg.contains(first), "{svg}");
        for place in [
            "translate(4.6 -50) rotate(2)",
            "translate(96 -17.8) rotate(13)",
            "translate(2 -77.7) rotate(1.4)",
            "translate(-2.4 -108.7) rotate(-0.8)",
            "translate(4.5 -137.7) rotate(2.6)",
            "translate(0 -192.7) rotate(2)",
        ] {
            assert!(svg.contains(place), "{place} in {svg}");
        }
    }

    // Rule S1
    #[test]
    fn the_label_says_in_words_what_the_colours_say() {
        let svg = cairn(&of_eight(), Numbers::Shown, &EN);
        assert!(
            svg.contains(
                r#"role="img" aria-label="Cairn of 8 sessions: 3 completed, 2 booked, 1 missed, 2 unbooked""#
            ),
            "{svg}"
        );
        assert!(label(&journey(&[Status::Booked]), &EN).starts_with("Cairn of 1 session: 1 booked"));
    }

    #[test]
    fn no_drawing_needs_a_style_attribute_and_each_stays_in_its_frame() {
        for count in 0..=MOST_STONES_DRAWN + 3 {
            let statuses: Vec<Status> = (0..count).map(|i| status::ALL[i % status::ALL.len()]).collect();
            let svg = cairn(&journey(&statuses), Numbers::Shown, &EN);
            assert!(!svg.contains("style="), "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(svg.matches("class=\"stone").count() <= MOST_STONES_DRAWN);
        }
    }

    #[test]
    fn a_fallen_stone_lies_inside_the_drawing() {
        let width = FALLEN_WIDTH * FALLEN_TILT.to_radians().cos();
        let svg = cairn(&journey(&[Status::Missed; 5]), Numbers::Shown, &EN);
        let view: Vec<f64> = svg
            .split("viewBox=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .split(' ')
            .map(|n| n.parse().unwrap())
            .collect();
        let outermost = (BASE_WIDTH + FALLEN_WIDTH) / 2.0 + 3.0 + 2.0 * (FALLEN_WIDTH + 2.0) + width / 2.0;
        assert!(view[0] + view[2] > outermost, "{view:?}");
        assert!(view[1] < -FALLEN_HEIGHT, "{view:?}");
    }
}
