//! Who is in the example, and what their past was like. Nothing but data: names of many places, none of a real person.

/// What the organisation calls itself.
pub(super) const ORGANISATION: &str = "Tarnfell Coaching";
/// Where its people, and its practice's clients, get their mail.
pub(super) const HOUSE: &str = "tarnfell.example";
const POST: &str = "letterbox.example";

/// Somebody. Their word in `NAME.localhost` is also the local part of their address.
pub(super) struct Someone {
    /// `ada`
    pub(super) slug: &'static str,
    /// As they wish to be called.
    pub(super) name: &'static str,
    /// Whose clock they read.
    pub(super) zone: &'static str,
    /// Which language.
    pub(super) language: &'static str,
    /// What follows the @.
    pub(super) host: &'static str,
}

const fn someone(
    slug: &'static str,
    name: &'static str,
    zone: &'static str,
    language: &'static str,
    host: &'static str,
) -> Someone {
    Someone { slug, name, zone, language, host }
}

/// Runs it all.
pub(super) const ADMIN: Someone = someone("otto", "Otto Brandstetter", "Europe/Berlin", "en", HOUSE);

/// Each leads one company's program.
pub(super) const LEADS: [Someone; 2] = [
    someone("lea", "Lea Morvanne", "Europe/Paris", "en", HOUSE),
    someone("tarek", "Tarek Benslim", "Africa/Casablanca", "en", HOUSE),
];

/// A date with other hours: so many days ahead, then the first such weekday, and from when to when.
pub(super) type Differing = (i64, i64, &'static [(i64, i64)]);

/// A coach and what they offer.
pub(super) struct CoachSketch {
    /// Who.
    pub(super) someone: Someone,
    /// One line.
    pub(super) headline: &'static str,
    /// A few more.
    pub(super) about: &'static str,
    /// Tags, with spaces.
    pub(super) languages: &'static str,
    /// Words, with commas.
    pub(super) specialities: &'static str,
    /// What they are allowed to write behind their name.
    pub(super) credentials: &'static str,
    /// Of the prices.
    pub(super) currency: &'static str,
    /// Of 30, 45 and 60 minutes, in minor units.
    pub(super) prices: [i64; 3],
    /// First and last weekday, and from when to when, as `HHMM`.
    pub(super) hours: &'static [(i64, i64, i64, i64)],
    /// Where they meet: kind and detail.
    pub(super) place: (&'static str, &'static str),
    /// Whether the coach sells, or the organisation does.
    pub(super) sells_alone: bool,
    /// Whether the directory shows them.
    pub(super) listed: bool,
    /// What they ask before a session: which of [`OFFERINGS`], what, and whether nobody books without an answer.
    pub(super) questions: &'static [(usize, &'static str, bool)],
    /// Dates that differ, with times as `HHMM`.
    pub(super) differing: &'static [Differing],
    /// Days off: from how many days ahead, how many, and what the coach calls it.
    pub(super) away: Option<(i64, i64, &'static str)>,
}

/// The coaches, the one that the example is mostly about first.
pub(super) const COACHES: [CoachSketch; 7] = [
    CoachSketch {
        someone: someone("ada", "Ada Lindvall", "Europe/Stockholm", "en", HOUSE),
        headline: "Calm before clever",
        about: "I work with people who lead for the first time, and with those who have done it so long that they \
                no longer notice how. We look at one real situation each time, and you leave with one thing to try.",
        languages: "en sv de",
        specialities: "leadership,delegation,difficult conversations",
        credentials: "PCC",
        currency: "EUR",
        prices: [6_000, 8_500, 11_000],
        hours: &[(1, 5, 900, 1200), (1, 4, 1300, 1700), (5, 5, 1300, 1500)],
        place: ("room", ""),
        sells_alone: true,
        listed: true,
        questions: &[
            (0, "What made you look for a coach now?", false),
            (3, "Which situation shall we look at?", true),
            (3, "What have you tried already?", false),
        ],
        differing: &[(9, 3, &[(1400, 1800)])],
        away: Some((37, 3, "Walking in Sarek")),
    },
    CoachSketch {
        someone: someone("malik", "Malik Renwick", "America/New_York", "en", HOUSE),
        headline: "For engineers who now have a team",
        about: "Twelve years of building bridges, eight of coaching the people who do. Practical, a little dry, and \
                always on time.",
        languages: "en fr",
        specialities: "first team,career,feedback",
        credentials: "ACC",
        currency: "USD",
        prices: [7_500, 10_500, 14_000],
        hours: &[(1, 4, 800, 1200), (2, 4, 1400, 1800), (7, 7, 1600, 1900)],
        place: ("link", "https://meet.tarnfell.example/malik"),
        sells_alone: false,
        listed: true,
        questions: &[
            (0, "How large is your team, and since when?", false),
            (2, "One thing that went well this week?", false),
        ],
        differing: &[(8, 2, &[])],
        away: None,
    },
    CoachSketch {
        someone: someone("anjali", "Anjali Deshpal", "Asia/Kolkata", "en", HOUSE),
        headline: "Decide, and sleep well",
        about: "I coach founders and heads of finance on decisions they keep putting off. Bring one; we usually find \
                a second behind it.",
        languages: "en hi mr",
        specialities: "decisions,founders,stress",
        credentials: "PCC",
        currency: "INR",
        prices: [250_000, 360_000, 450_000],
        hours: &[(1, 6, 930, 1300), (1, 5, 1500, 1930)],
        place: ("room", ""),
        sells_alone: false,
        listed: true,
        questions: &[(3, "Which decision have you put off the longest?", true)],
        differing: &[],
        away: Some((34, 4, "Wedding in Pune")),
    },
    CoachSketch {
        someone: someone("wanjiru", "Wanjiru Kimondo", "Africa/Nairobi", "en", HOUSE),
        headline: "Say it kindly, say it today",
        about: "Conflict is information. I help teams and those who lead them to hear it while it is still quiet.",
        languages: "en sw",
        specialities: "conflict,teams,negotiation",
        credentials: "MCC",
        currency: "KES",
        prices: [600_000, 850_000, 1_100_000],
        hours: &[(1, 5, 800, 1230), (1, 4, 1400, 1730)],
        place: ("phone", "+254 20 555 0142"),
        sells_alone: false,
        listed: true,
        questions: &[(0, "Who is it about, besides you?", false)],
        differing: &[(10, 5, &[(800, 1030), (1500, 1730)])],
        away: None,
    },
    CoachSketch {
        someone: someone("caetano", "Caetano Luzardo", "America/Sao_Paulo", "en", HOUSE),
        headline: "Change that outlives the project",
        about: "From the factory floor to the board. I work with those in the middle, who have to carry what others \
                decided.",
        languages: "pt es en",
        specialities: "change,middle management,presence",
        credentials: "ACC",
        currency: "BRL",
        prices: [18_000, 25_000, 32_000],
        hours: &[(1, 5, 900, 1300), (1, 3, 1430, 1900)],
        place: ("room", ""),
        sells_alone: true,
        listed: true,
        questions: &[],
        differing: &[],
        away: Some((41, 5, "At the coast")),
    },
    CoachSketch {
        someone: someone("haruka", "Haruka Tsukida", "Asia/Tokyo", "en", HOUSE),
        headline: "Room to think",
        about: "Quiet sessions with long pauses. For people whose days leave no minute for the question behind the \
                question.",
        languages: "ja en",
        specialities: "focus,transitions,working abroad",
        credentials: "PCC",
        currency: "JPY",
        prices: [8_000, 11_000, 14_000],
        hours: &[(1, 5, 900, 1200), (1, 5, 1300, 1800), (6, 6, 900, 1100)],
        place: ("room", ""),
        sells_alone: false,
        listed: true,
        questions: &[(3, "What would you think about, had you the time?", false)],
        differing: &[(12, 1, &[])],
        away: None,
    },
    CoachSketch {
        someone: someone("mirela", "Mirela Dobrescan", "Europe/Bucharest", "en", HOUSE),
        headline: "What you say when you say nothing",
        about: "I coach people who present, negotiate or teach. My hours are full until spring, so you will not find \
                me in the directory; whoever works with me already books here.",
        languages: "ro en fr",
        specialities: "presence,public speaking,negotiation",
        credentials: "ACC",
        currency: "RON",
        prices: [25_000, 36_000, 45_000],
        hours: &[(2, 4, 1000, 1400)],
        place: ("address", "Strada Teilor 12, second floor"),
        sells_alone: true,
        listed: false,
        questions: &[],
        differing: &[],
        away: None,
    },
];

/// Minutes, name and a line about what each coach offers, the free intro first.
pub(super) const OFFERINGS: [(i64, &str, &str); 4] = [
    (15, "Intro call", "To see whether we fit"),
    (30, "Check-in", "One question, one next step"),
    (45, "Session", "One situation, looked at closely"),
    (60, "Long session", "Time to turn a thing around and look again"),
];

/// What clients accept before their first paid session, by language.
pub(super) const AGREEMENT: [(&str, &str); 2] = [
    (
        "en",
        "How we work together\n\n\
         1. You bring the subject. Your coach brings questions, attention and time, and no ready-made answers.\n\
         2. What you say stays between the two of you. The exceptions are those that the law makes, and danger to \
         somebody's life; your coach tells you if one applies.\n\
         3. Coaching is no therapy and no advice on law, tax or medicine. If one of these would serve you better, your \
         coach says so.\n\
         4. Sessions begin and end on time. You can move or cancel one on its page; what is kept of the price depends \
         on how long before, and is shown when you book and when you cancel.\n\
         5. Either of you may end the work at any time, without giving a reason. What is paid and not used comes back.\n\
         6. Nothing is recorded unless everybody in the call has said yes to it.",
    ),
    (
        "de",
        "Wie wir zusammenarbeiten\n\n\
         1. Sie bringen das Thema mit. Ihr Coach bringt Fragen, Aufmerksamkeit und Zeit mit, und keine fertigen \
         Antworten.\n\
         2. Was Sie sagen, bleibt unter Ihnen beiden. Ausnahmen macht nur das Gesetz, und Gefahr für ein Leben; Ihr \
         Coach sagt Ihnen, wenn eine gilt.\n\
         3. Coaching ist keine Therapie und keine Beratung zu Recht, Steuern oder Medizin. Wäre eine davon das Bessere \
         für Sie, sagt Ihr Coach es Ihnen.\n\
         4. Sitzungen beginnen und enden pünktlich. Verlegen oder absagen können Sie auf der Seite der Sitzung; was vom \
         Preis einbehalten wird, hängt davon ab, wie lange vorher, und wird beim Buchen und beim Absagen gezeigt.\n\
         5. Beide können die Arbeit jederzeit beenden, ohne einen Grund zu nennen. Was bezahlt und nicht genutzt ist, \
         kommt zurück.\n\
         6. Aufgenommen wird nur, wenn alle im Gespräch zugestimmt haben.",
    ),
];

/// One step of the pathway.
pub(super) struct StepSketch {
    /// What it is about.
    pub(super) name: &'static str,
    /// Whether in a group.
    pub(super) is_pod: bool,
    /// How long.
    pub(super) minutes: i64,
    /// Suggested weeks.
    pub(super) weeks: (i64, i64),
}

const fn alone(name: &'static str, weeks: (i64, i64)) -> StepSketch {
    StepSketch { name, is_pod: false, minutes: 60, weeks }
}

const fn together(name: &'static str, weeks: (i64, i64)) -> StepSketch {
    StepSketch { name, is_pod: true, minutes: 90, weeks }
}

/// What the pathway is called.
pub(super) const PATHWAY: &str = "Leading through change";
/// Its eight steps.
pub(super) const STEPS: [StepSketch; 8] = [
    alone("Where you stand", (1, 2)),
    alone("What matters to you", (2, 4)),
    together("Listening, in practice", (4, 5)),
    alone("The conversation you avoid", (5, 7)),
    alone("Letting go of the work", (7, 10)),
    together("Feedback among peers", (11, 12)),
    alone("Under pressure", (12, 14)),
    alone("What stays", (14, 16)),
];

/// A second pathway, and who follows it beside the first.
pub(super) const SECOND_PATHWAY: &str = "Leading other leads";
/// Its steps.
pub(super) const SECOND_STEPS: [StepSketch; 3] =
    [alone("From doing to asking", (1, 3)), alone("Two levels down", (3, 6)), alone("A year ahead", (6, 9))];
/// Who follows it.
pub(super) const SECOND: &str = "freya";

/// Who has not chosen a coach yet.
pub(super) const UNDECIDED: &str = "farid";
/// Whom they can choose, and how many each takes.
pub(super) const POOL: [(&str, Option<u32>); 3] =
    [("ada", Some(4)), ("anjali", Some(2)), ("caetano", Some(3))];
/// A field of one's own and what stands in it.
pub(super) type Field = (&'static str, &'static str);
/// What is noted of a few: tags, and fields with their values.
pub(super) const NOTED: [(&str, &[&str], &[Field]); 3] = [
    ("hana", &["plant", "returns in June"], &[("Site", "Yokohama"), ("Line", "Optics")]),
    ("samir", &["night shift"], &[("Site", "Dhaka")]),
    ("lucia", &["works council"], &[("Mill", "Biella"), ("Shift", "Early")]),
];

/// A company, its project and its cohort.
pub(super) struct CompanySketch {
    /// What it is called.
    pub(super) name: &'static str,
    /// What its program is called.
    pub(super) project: &'static str,
    /// What it sees of its people.
    pub(super) disclosure: &'static str,
    /// Who goes through it together.
    pub(super) cohort: &'static str,
    /// How many weeks ago that began.
    pub(super) weeks_in: i64,
    /// The company's contact.
    pub(super) sponsor: Someone,
    /// Its pods.
    pub(super) pods: &'static [PodSketch],
    /// Who takes part.
    pub(super) participants: &'static [Participant],
}

/// A pod.
pub(super) struct PodSketch {
    /// What it is called.
    pub(super) name: &'static str,
    /// For which step, from 1.
    pub(super) step: usize,
    /// Who leads it.
    pub(super) facilitator: &'static str,
    /// Between which days from now it meets, if it has a date.
    pub(super) days: Option<(i64, i64)>,
}

/// A participant and how their journey went so far.
pub(super) struct Participant {
    /// Who.
    pub(super) someone: Someone,
    /// Who coaches them.
    pub(super) coach: &'static str,
    /// One mark per step; see [`super::Mark`].
    pub(super) marks: &'static str,
    /// Which pods of the company they are in, from 0.
    pub(super) pods: &'static [usize],
}

const KESTREL: &str = "kestrel-vane.example";
const OMBRA: &str = "ombra.example";
/// Where the people of the third company get their mail.
const FERRIES: &str = "halvorsen.example";

const fn pod(
    name: &'static str,
    step: usize,
    facilitator: &'static str,
    days: Option<(i64, i64)>,
) -> PodSketch {
    PodSketch { name, step, facilitator, days }
}

const fn participant(
    someone: Someone,
    coach: &'static str,
    marks: &'static str,
    pods: &'static [usize],
) -> Participant {
    Participant { someone, coach, marks, pods }
}

/// The companies.
#[rustfmt::skip]
pub(super) const COMPANIES: [CompanySketch; 3] = [
    CompanySketch {
        name: "Kestrel & Vane Instruments",
        project: "New leads",
        disclosure: "names",
        cohort: "Autumn group",
        weeks_in: 10,
        sponsor: someone("cara", "Cara Jessing", "America/New_York", "en", KESTREL),
        pods: &[
            pod("Listening, northern group", 3, "ada", Some((-44, -36))),
            pod("Listening, southern group", 3, "wanjiru", Some((-44, -36))),
            pod("Feedback, northern group", 6, "ada", Some((6, 12))),
            pod("Feedback, southern group", 6, "anjali", Some((6, 12))),
        ],
        participants: &[
            participant(someone("ben", "Ben Oyelarin", "Europe/London", "en", KESTREL), "ada", "ccccAbuu", &[0, 2]),
            participant(someone("tomas", "Tomás Quevedo Reis", "Europe/Lisbon", "en", KESTREL), "ada", "ccncbbuu", &[0, 2]),
            participant(someone("hana", "Hana Morikane", "Asia/Tokyo", "en", KESTREL), "anjali", "cccnbbuu", &[1, 3]),
            participant(someone("pavel", "Pavel Hrubant", "Europe/Prague", "en", KESTREL), "ada", "ccccAbuu", &[0, 2]),
            participant(someone("noor", "Noor Haddarin", "Asia/Amman", "en", KESTREL), "ada", "clccAbuu", &[0, 2]),
            participant(someone("lena", "Lena Sommerfeldt", "Europe/Berlin", "de", KESTREL), "ada", "cccuubuu", &[0, 2]),
            participant(someone("oskar", "Oskar Blomvik", "Europe/Stockholm", "en", KESTREL), "ada", "cccccbbu", &[0, 2]),
            participant(someone("zuri", "Zuri Mwakaleba", "Africa/Dar_es_Salaam", "en", KESTREL), "wanjiru", "ccccbbuu", &[1, 3]),
            participant(someone("mateo", "Mateo Villarroya", "America/Bogota", "en", KESTREL), "wanjiru", "cnnuubuu", &[1, 3]),
            participant(someone("freya", "Freya Kallas", "Europe/Helsinki", "en", KESTREL), "wanjiru", "cccccbuu", &[1, 3]),
            participant(someone("samir", "Samir Chowdhal", "Asia/Dhaka", "en", KESTREL), "anjali", "cccl*buu", &[1, 3]),
            participant(someone("greta", "Greta Ziegenhorn", "Europe/Vienna", "de", KESTREL), "ada", "cccxxxuu", &[1, 3]),
        ],
    },
    CompanySketch {
        name: "Halvorsen Ferries",
        project: "Steady hands",
        disclosure: "names",
        cohort: "Spring group",
        weeks_in: 20,
        sponsor: someone("ylva", "Ylva Halvorsen", "Europe/Oslo", "en", FERRIES),
        pods: &[
            pod("Listening, on shore", 3, "wanjiru", Some((-112, -105))),
            pod("Feedback, on shore", 6, "anjali", Some((-63, -56))),
        ],
        participants: &[
            participant(someone("astrid", "Astrid Solbakk", "Europe/Oslo", "en", FERRIES), "wanjiru", "cccccccc", &[0, 1]),
            participant(someone("bjarne", "Bjarne Tveit", "Europe/Oslo", "en", FERRIES), "anjali", "ccnccccc", &[0, 1]),
            participant(someone("dagny", "Dagny Roland", "Europe/Oslo", "en", FERRIES), "malik", "cccccccc", &[0, 1]),
            participant(someone("eskil", "Eskil Myhre", "Europe/Oslo", "en", FERRIES), "wanjiru", "ccclcccc", &[0, 1]),
            participant(someone("frida", "Frida Aasen", "Europe/Oslo", "en", FERRIES), "haruka", "cccccccc", &[0, 1]),
            participant(someone("gunnar", "Gunnar Eik", "Europe/Oslo", "en", FERRIES), "anjali", "cccccccc", &[0, 1]),
            participant(someone("hedda", "Hedda Nilsvik", "Europe/Oslo", "en", FERRIES), "malik", "cccccccc", &[0, 1]),
            participant(someone("ivar", "Ivar Stensrud", "Europe/Oslo", "en", FERRIES), "haruka", "ccccccuu", &[0, 1]),
            participant(someone("jorun", "Jorun Vang", "Europe/Oslo", "en", FERRIES), "anjali", "ccuuuuuu", &[]),
            participant(someone("kjell", "Kjell Brekke", "Europe/Oslo", "en", FERRIES), "malik", "cuuuuuuu", &[]),
        ],
    },
    CompanySketch {
        name: "Ombra Weaving Mills",
        project: "From shift to team",
        disclosure: "counts",
        cohort: "First group",
        weeks_in: 5,
        sponsor: someone("ines", "Ines Valcourt", "Europe/Rome", "en", OMBRA),
        pods: &[
            pod("Listening, western group", 3, "malik", Some((-9, -4))),
            pod("Listening, eastern group", 3, "haruka", Some((2, 5))),
            pod("Feedback, western group", 6, "malik", None),
        ],
        participants: &[
            participant(someone("lucia", "Lucia Ferrantin", "Europe/Rome", "en", OMBRA), "caetano", "cccbuuuu", &[0, 2]),
            participant(someone("kwame", "Kwame Asantefi", "Africa/Accra", "en", OMBRA), "wanjiru", "ccnuuuuu", &[0, 2]),
            participant(someone("meilin", "Meilin Khoo", "Asia/Singapore", "en", OMBRA), "haruka", "ccbuuuuu", &[1]),
            participant(someone("anton", "Anton Verhaeck", "Europe/Brussels", "en", OMBRA), "ada", "ccbbuuuu", &[1]),
            participant(someone("rosa", "Rosa Iturbal", "America/Mexico_City", "en", OMBRA), "malik", "cccbuuuu", &[0, 2]),
            participant(someone("dario", "Dario Colombari", "Europe/Zurich", "en", OMBRA), "caetano", "clcuuuuu", &[0, 2]),
            participant(someone("yara", "Yara Nasralim", "Asia/Beirut", "en", OMBRA), "wanjiru", "ccbuuuuu", &[1]),
            participant(someone("emil", "Emil Nygrund", "Europe/Copenhagen", "en", OMBRA), "caetano", "ccc*uuuu", &[0, 2]),
            participant(someone("thandi", "Thandi Mkhabo", "Africa/Johannesburg", "en", OMBRA), "wanjiru", "cpbuuuuu", &[1]),
            participant(someone("jun", "Jun Baek", "Asia/Seoul", "en", OMBRA), "haruka", "ccb*uuuu", &[1]),
            participant(someone("olivia", "Olivia Pemberlow", "America/Chicago", "en", OMBRA), "malik", "cccxuuuu", &[0, 2]),
            participant(someone("farid", "Farid Rahmonov", "Asia/Tashkent", "en", OMBRA), "anjali", "uuuuuuuu", &[]),
        ],
    },
];

/// Who makes up for a session that they missed.
pub(super) const MADE_UP: &str = "mateo";
/// Who has two coaches in a session that is ahead, and one session more than the pathway has.
pub(super) const TWO_COACHES: &str = "zuri";
/// What that is called, and how long it is.
pub(super) const MORE: (&str, i64) = ("Before the quarterly review", 30);
/// Whose journeys are complete; all but the last have said how it was.
pub(super) const DONE: [&str; 6] = ["astrid", "bjarne", "dagny", "eskil", "frida", "gunnar"];
/// Whose coach proposes that it is.
pub(super) const PROPOSED: &str = "hedda";
/// Who has left two reminders unanswered.
pub(super) const SILENT: &str = "ivar";
/// Who was put away; whoever stands before has gone quiet.
pub(super) const AWAY: &str = "kjell";

/// A client of one coach's own practice.
pub(super) struct PracticeClient {
    /// Who.
    pub(super) someone: Someone,
    /// Whose.
    pub(super) coach: &'static str,
    /// Their meetings: days from now, which of [`OFFERINGS`], and a mark; see [`super::Mark`].
    pub(super) meetings: &'static [(i64, usize, char)],
}

const fn client(
    slug: &'static str,
    name: &'static str,
    zone: &'static str,
    language: &'static str,
    coach: &'static str,
    meetings: &'static [(i64, usize, char)],
) -> PracticeClient {
    PracticeClient { someone: someone(slug, name, zone, language, POST), coach, meetings }
}

/// The clients of the practices.
#[rustfmt::skip]
pub(super) const PRACTICE: [PracticeClient; 16] = [
    client("clara", "Clara Wetterholm", "Europe/Berlin", "de", "ada", &[(-61, 0, 'c'), (-47, 3, 'c'), (-33, 3, 'c'), (-12, 2, 'n'), (0, 2, 'A'), (16, 2, 'b')]),
    client("hugo", "Hugo Delvaire", "Europe/Paris", "en", "ada", &[(0, 0, 'A')]),
    client("sofia", "Sofia Lindgaard", "Europe/Oslo", "en", "ada", &[(-80, 0, 'c'), (-66, 3, 'c'), (-38, 3, 'k'), (-24, 3, 'c'), (2, 3, 'b'), (16, 3, 'b')]),
    client("nina", "Nina Petrovan", "Europe/Skopje", "en", "ada", &[(-30, 0, 'c'), (-9, 1, 'c'), (1, 1, 'b')]),
    client("elias", "Elias Thornwick", "America/Los_Angeles", "en", "malik", &[(-52, 0, 'c'), (-38, 2, 'c'), (-10, 2, 'l'), (4, 2, 'b')]),
    client("marisol", "Marisol Etxeber", "America/Santiago", "en", "malik", &[(-45, 0, 'c'), (-21, 3, 'c'), (0, 3, '*')]),
    client("teo", "Teo Papadakis", "Europe/Athens", "en", "malik", &[(-90, 0, 'c'), (-70, 3, 'c'), (-56, 3, 'n'), (-42, 3, 'c'), (0, 1, '*')]),
    client("amara", "Amara Nwosi", "Africa/Lagos", "en", "wanjiru", &[(-64, 0, 'c'), (-36, 2, 'c'), (-15, 2, 'c'), (-4, 2, 'p'), (9, 2, 'b')]),
    client("imani", "Imani Otienda", "Africa/Nairobi", "en", "wanjiru", &[(0, 0, '*'), (7, 1, 'b')]),
    client("kofi", "Kofi Ankomal", "Africa/Accra", "en", "wanjiru", &[(-40, 0, 'c'), (-20, 3, 'k'), (0, 3, '*')]),
    client("ravi", "Ravi Subramand", "Asia/Kolkata", "en", "anjali", &[(-75, 0, 'c'), (-54, 3, 'c'), (-26, 3, 'c'), (0, 3, '*'), (14, 3, 'b')]),
    client("darya", "Darya Kovalenko-Marsh", "Europe/Warsaw", "en", "anjali", &[(-34, 0, 'c'), (-6, 1, 'n'), (8, 1, 'k')]),
    client("bruno", "Bruno Castelhan", "America/Sao_Paulo", "en", "caetano", &[(-58, 0, 'c'), (-44, 2, 'c'), (-30, 2, 'c'), (-16, 2, 'c'), (0, 2, '*'), (12, 2, 'b')]),
    client("aiko", "Aiko Fujisaka", "Asia/Tokyo", "en", "haruka", &[(-50, 0, 'c'), (-22, 3, 'c'), (0, 3, '*'), (21, 3, 'b')]),
    client("wren", "Wren Hollisby", "Australia/Sydney", "en", "haruka", &[(-28, 0, 'c'), (-3, 2, 'c'), (5, 2, 'b')]),
    client("ngaio", "Ngaio Tamatea", "Pacific/Auckland", "en", "haruka", &[(-1, 0, 'n'), (0, 1, '*')]),
];

/// Ada's day, around the session that is about to start: whose, and how many minutes after it (or before).
pub(super) const ADAS_DAY: [(&str, i64); 5] =
    [("pavel", -195), ("noor", -120), ("ben", 0), ("clara", 75), ("hugo", 150)];
/// The one of it whose outcome she has marked already.
pub(super) const MARKED_BY_ADA: &str = "pavel";

/// Who has an invitation in the mailbox, having just been added.
pub(super) const INVITED: [&str; 4] = ["farid", "imani", "hugo", "ngaio"];
