//! What the next page says in passing after an act, by a key that travels in a cookie.

/// One language's sentences.
#[derive(Clone, Copy, Debug)]
pub struct Toasts(&'static [(&'static str, &'static str)]);

impl Toasts {
    /// The sentence for a key; none for one that this program never set.
    pub fn say(&self, key: &str) -> Option<&'static str> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, text)| *text)
    }
}

pub(super) const ENGLISH: Toasts = Toasts(&[
    ("profile_saved", "Saved."),
    ("photo_saved", "Your photo is in place."),
    ("photo_removed", "Your photo is gone."),
    ("password_saved", "Your password is saved. All other devices are signed out."),
    ("password_removed", "Your password is gone. A link by mail still signs you in."),
    ("device_signed_out", "That device is signed out."),
    ("token_made", "The token was made already. It was shown that one time."),
    ("token_revoked", "The token is good for nothing any more."),
    ("person_added", "The account is made, and its invitation is on its way."),
    ("roles_saved", "The roles are saved."),
    ("invitation_sent", "A link is on its way."),
    ("person_signed_out", "They are signed out everywhere."),
    ("person_closed", "The account is closed."),
    ("person_reopened", "The account is open again."),
    ("settings_saved", "The settings are saved."),
    ("mail_retried", "The mail is on its way again."),
    ("clock_moved", "The clock has moved."),
]);

pub(super) const GERMAN: Toasts = Toasts(&[
    ("profile_saved", "Gespeichert."),
    ("photo_saved", "Ihr Foto ist da."),
    ("photo_removed", "Ihr Foto ist weg."),
    ("password_saved", "Ihr Passwort ist gespeichert. Alle anderen Geräte sind abgemeldet."),
    ("password_removed", "Ihr Passwort ist weg. Ein Link per Mail meldet Sie weiterhin an."),
    ("device_signed_out", "Dieses Gerät ist abgemeldet."),
    ("token_made", "Das Token ist schon gemacht. Es wurde dieses eine Mal gezeigt."),
    ("token_revoked", "Das Token gilt nicht mehr."),
    ("person_added", "Das Konto ist angelegt, die Einladung ist unterwegs."),
    ("roles_saved", "Die Rollen sind gespeichert."),
    ("invitation_sent", "Ein Link ist unterwegs."),
    ("person_signed_out", "Alle Geräte sind abgemeldet."),
    ("person_closed", "Das Konto ist geschlossen."),
    ("person_reopened", "Das Konto ist wieder offen."),
    ("settings_saved", "Die Einstellungen sind gespeichert."),
    ("mail_retried", "Die Mail ist wieder unterwegs."),
    ("clock_moved", "Die Uhr ist vorgerückt."),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_know_the_same_keys() {
        let keys = |toasts: Toasts| toasts.0.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        assert_eq!(keys(ENGLISH), keys(GERMAN));
    }
}
