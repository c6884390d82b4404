//! How a status looks: its key in the stylesheet and its icon. Its word is in the texts, its meaning in `rules`.

pub use rules::attendance::Status;

/// Every status, in the order in which legends show them.
pub const ALL: [Status; 6] = [
    Status::Unbooked,
    Status::Booked,
    Status::Completed,
    Status::Missed,
    Status::GreyedOut,
    Status::Cancelled,
];

/// The value of `data-status`, and the class of a stone.
pub const fn key(status: Status) -> &'static str {
    match status {
        Status::Unbooked => "unbooked",
        Status::Booked => "booked",
        Status::Completed => "completed",
        Status::Missed => "missed",
        Status::GreyedOut => "greyed",
        Status::Cancelled => "cancelled",
    }
}

/// The icon that always stands beside the colour (rule S1).
pub const fn icon(status: Status) -> &'static str {
    match status {
        Status::Unbooked => "unbooked",
        Status::Booked => "calendar",
        Status::Completed => "check",
        Status::Missed => "cross",
        Status::GreyedOut => "greyed",
        Status::Cancelled => "cancelled",
    }
}
