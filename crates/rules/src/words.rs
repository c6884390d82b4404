//! Closed sets of words, as the database and the API write them: one list gives the type, its codes and the
//! way back.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident $code:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $word,)*
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &[$name] = &[$($name::$word),*];

            /// Its name for database and API.
            pub const fn code(self) -> &'static str {
                match self {
                    $($name::$word => $code,)*
                }
            }

            /// The one with this name.
            pub fn from_code(code: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|word| word.code() == code)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

pub(crate) use words;
