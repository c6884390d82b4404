//! The words of a journey's end: completing and proposing it, the survey and what was answered, who has gone quiet, putting
//! people away, and telling sponsors; and of the letters about these.

use rules::inactivity::Ending;
use rules::person::Language;
use rules::survey::{Kind, Standard};

section! {
    /// The end of journeys.
    Endings {
        complete, complete_button, completed, reopen, reopen_about, survey_answered, settle_heading, settle_about, mark_it, see_it, ahead, unmarked, unbooked, all_settled, nothing_held,
        reason, reason_needed, reason_hint, bulk_reason_hint, mails_heading, no_survey, survey_chosen, survey_theirs, survey_nobody, propose, propose_button, propose_about, proposal_drop, proposal_aside, proposed_here, bulk_title, bulk_lede, bulk_ready,
        bulk_ready_about, bulk_open, bulk_open_about, bulk_done, bulk_own, bulk_none_heading, bulk_none, bulk_button, bulk_choose, needs, decide, choose_complete, choose_archive, back_to_board,
        survey, survey_title, survey_lede, survey_question, survey_kind, survey_choices, survey_choices_hint, survey_save, survey_more, survey_none, survey_standard, survey_add,
        answer_title, answer_lede, answer_once, answer_send, answer_leave_out, answered_heading, answered, not_open_heading, not_open, gone_heading, gone, scale_low, scale_high,
        feedback, feedback_lede, feedback_few, feedback_few_cells, feedback_none_heading, feedback_none, feedback_removed, feedback_texts,
        inactive, inactive_lede, inactive_told, inactive_none_heading, inactive_why_cohort, inactive_why_joined, inactive_why_restored, inactive_why_booked,
        inactive_why_completed, inactive_all, put_away, put_away_chosen, archive_title, archive_lede, archive_as, archive_ahead_heading, archive_ahead_about, archive_cancel, archive_mails, archive_no_mails,
        archive_reason_hint, archive_button, archive_asked, archive_pod, archive_away, archive_nobody_heading, archive_nobody, restore, restore_about,
        escalate, escalate_title, escalate_people, escalate_to, escalate_message, escalate_says_names, escalate_says_counts, escalate_note, escalate_note_hint, escalate_send, escalate_refuses, escalate_none_heading,
        escalate_few, escalate_no_sponsor, escalate_offer, show_archived, show_present, people_filter, archived_board, home_done_heading, home_done, home_closed_heading, home_closed, home_survey, home_survey_button, quiet_offer;
        answer_count: fn(usize) -> String,
        heading: fn(&str) -> String,
        completed_by: fn(&str, Option<&str>) -> String,
        proposes: fn(&str, &str) -> String,
        survey_waits: fn(&str) -> String,
        survey_goes: fn(&str) -> String,
        survey_out: fn(&str) -> String,
        standard: fn(Standard) -> &'static str,
        kind: fn(Kind) -> &'static str,
        asks_of: fn(&str) -> String,
        feedback_count: fn(u32, u32) -> String,
        people: fn(u32) -> String,
        average: fn(&str) -> String,
        quiet_since: fn(&str, &str) -> String,
        ending: fn(Ending) -> &'static str,
        archived_as: fn(&str, Ending, Option<&str>) -> String,
        archive_heading: fn(usize) -> String,
        archive_booked: fn(u32, u32) -> String,
        silent: fn(usize, &str) -> String,
        to_sponsors: fn(usize) -> String,
        offered: fn(usize, &str) -> String,
        listed: fn(u32) -> String,
        proposals: fn(usize) -> String,
        escalate_lede: fn(i64) -> String,
        escalate_none: fn(i64) -> String,
        inactive_definition: fn(i64) -> String,
        inactive_none: fn(i64) -> String,
    }
}

/// "three months"
fn months_of(months: i64) -> String {
    match months {
        1 => "one month".to_owned(),
        3 => "three months".to_owned(),
        months => format!("{months} months"),
    }
}

/// "drei Monate"
fn monate(months: i64) -> String {
    match months {
        1 => "einen Monat".to_owned(),
        3 => "drei Monate".to_owned(),
        months => format!("{months} Monate"),
    }
}

pub(super) const ENGLISH: Endings = Endings {
    complete: "Complete",
    complete_button: "Mark complete",
    completed: "Complete",
    survey_answered: "The survey was answered.",
    reopen: "Reopen",
    reopen_about: "The journey goes on, and its open steps can be booked again.",
    settle_heading: "Settle these first",
    settle_about: "They stay as they are if you complete the journey now, and a reason is needed.",
    mark_it: "Mark it",
    see_it: "See it",
    ahead: "Booked",
    unmarked: "Not marked yet",
    unbooked: "Without a time",
    all_settled: "Everything that counts is completed or missed.",
    nothing_held: "No session of it was completed.",
    reason: "Reason",
    reason_needed: "Something that counts is open, so say why it is complete all the same.",
    reason_hint: "Stands in the history. You may leave it out.",
    bulk_reason_hint: "Stands in the history. It is needed as soon as you choose somebody of whom something is open.",
    mails_heading: "Which mails go out",
    no_survey: "No survey goes out: its pathway asks nothing, or this participant is a test.",
    survey_chosen: "A quarter of an hour later a survey goes to each of the chosen of whom it is said above. Whose journey you reopen before gets none.",
    survey_theirs: "Gets the survey.",
    survey_nobody: "No survey goes out.",
    propose: "Propose completion",
    propose_button: "Propose that it is complete",
    propose_about: "Whoever leads the program sees it and decides. No mail goes out.",
    proposal_drop: "Take it back",
    proposal_aside: "Put aside",
    proposed_here: "You have proposed it. Whoever leads the program decides.",
    bulk_title: "Complete journeys",
    bulk_lede: "Nothing happens before you press the button below.",
    bulk_ready: "Can be completed as they are",
    bulk_ready_about: "Everything that counts is completed or missed.",
    bulk_open: "Only with a reason",
    bulk_open_about: "Something that counts is open. Choose them and say why.",
    bulk_done: "Complete already",
    bulk_own: "Your own, which somebody else completes",
    bulk_none_heading: "No journey waits to be completed",
    bulk_none: "All that were chosen are complete, or have not begun.",
    bulk_button: "Complete the chosen ones",
    bulk_choose: "Complete",
    needs: "Needs you",
    decide: "Decide",
    choose_complete: "Complete",
    choose_archive: "Put away",
    back_to_board: "Back to the board",
    survey: "Survey",
    survey_title: "Survey at the end",
    survey_lede: "Goes out by mail a quarter of an hour after a journey is completed, once. Whoever gets it answers without signing in.",
    survey_question: "Question",
    survey_kind: "Answered with",
    survey_choices: "Choices",
    survey_choices_hint: "One on each line, two to eight",
    survey_save: "Save the survey",
    survey_more: "Leave a question empty to take it out. What was answered to a question stays with its words: in other words it is another question.",
    survey_none: "This pathway asks nothing, so no survey goes out.",
    survey_standard: "These are the usual questions. Everybody reads them in their own language as long as you leave them as they are.",
    survey_add: "One more question",
    answer_title: "How was it?",
    answer_lede: "Your answers help to make the program better.",
    answer_count: |count| match count {
        1 => "There is one question; you may leave it out.".to_owned(),
        2 => "There are two questions; you may leave any out.".to_owned(),
        3 => "There are three questions; you may leave any out.".to_owned(),
        4 => "There are four questions; you may leave any out.".to_owned(),
        count => format!("There are {count} questions; you may leave any out."),
    },
    answer_once: "You can send this once. Answers are read together with those of others, never beside your name, and your coach does not see them.",
    answer_send: "Send the answers",
    answer_leave_out: "No answer",
    answered_heading: "Thank you",
    answered: "Your answers have arrived. There is nothing more to do.",
    not_open_heading: "Nothing is asked yet",
    not_open: "The questions come by mail after your journey is complete.",
    gone_heading: "This link leads nowhere any more",
    gone: "If you were asked for your answers, sign in and find the questions on your home page.",
    scale_low: "not at all",
    scale_high: "very much",
    feedback: "Feedback",
    feedback_lede: "What participants answered at the end of their journeys, all together. Nothing is shown that speaks of fewer than five people.",
    feedback_few: "Fewer than five people have answered this. It is shown from five on.",
    feedback_few_cells: "A dash stands where fewer than five people would be spoken of.",
    feedback_none_heading: "Nobody has answered yet",
    feedback_none: "A survey goes out when a journey is completed.",
    feedback_removed: "not asked any more",
    feedback_texts: "In their own words, in the order of the alphabet",
    inactive: "Gone quiet",
    inactive_lede: "Whom you may put away, the longest quiet first.",
    inactive_told: "The list is made every Monday at 8:00. Its leads get one mail, and each person is told once.",
    inactive_none_heading: "Nobody has gone quiet",
    inactive_why_cohort: "Nothing since the cohort began",
    inactive_why_joined: "Nothing since joining",
    inactive_why_restored: "Nothing since being brought back",
    inactive_why_booked: "The last booking was made",
    inactive_why_completed: "The last session was completed",
    inactive_all: "All cohorts",
    put_away: "Put away",
    put_away_chosen: "Put the chosen ones away",
    archive_title: "Put away",
    archive_lede: "They leave the board, its numbers and all reminders. Reports keep them, and you can bring them back at any time.",
    archive_as: "As",
    archive_ahead_heading: "Still booked",
    archive_ahead_about: "Nobody is put away who has bookings ahead, unless they are called off with it.",
    archive_cancel: "Call these off as well",
    archive_mails: "Then each participant and each coach gets one mail with all of theirs, and calendars follow.",
    archive_no_mails: "No mail goes out.",
    archive_reason_hint: "Stands in the history. You may leave it out.",
    archive_button: "Put away",
    archive_asked: "a request to move it is open",
    archive_pod: "the others keep it",
    archive_away: "Put away already",
    archive_nobody_heading: "Nobody is to be put away",
    archive_nobody: "Choose people on the board or on the list of those who have gone quiet.",
    restore: "Bring back",
    restore_about: "They are on the board again, and it counts from now whether they go quiet.",
    escalate: "Tell the sponsors",
    escalate_title: "Tell the sponsors",
    escalate_people: "Who does not answer",
    escalate_to: "Who gets the mail",
    escalate_message: "Message",
    escalate_says_names: "The program writes it, with names and counts of sessions, and nothing else: no dates, no reasons, nothing of what was said.",
    escalate_says_counts: "The program writes it. This project shows sponsors numbers alone, so it names nobody and says no more than how many.",
    escalate_note: "A note of yours",
    escalate_note_hint: "You may leave it out. At most 300 characters, and nothing confidential: no names, no dates, no reasons, nothing of what was said. A note that names somebody of the cohort is not sent.",
    escalate_send: "Send the message",
    escalate_refuses: "wants no such mails",
    escalate_none_heading: "Nobody has left enough reminders unanswered",
    escalate_few: "This project shows sponsors numbers alone, and none of fewer than five people, nor one that leaves fewer than five others. Choose so many that both can be told.",
    escalate_no_sponsor: "There is no sponsor who could be told. An admin adds them on the page of the company.",
    escalate_offer: "Does not answer reminders",
    show_archived: "Put away",
    show_present: "On their way",
    people_filter: "People",
    archived_board: "These people were put away. They are in no number and get no reminders.",
    home_done_heading: "Your cairn stands.",
    home_closed_heading: "Your journey has ended.",
    home_closed: "It was closed without a completed session.",
    home_done: "Your journey is complete. Every stone of it is yours to keep.",
    home_survey: "We would like to know how it was for you.",
    home_survey_button: "Answer some questions",
    quiet_offer: "See the list",
    heading: |name| format!("Complete the journey of {name}"),
    completed_by: |when, by| match by {
        Some(by) => format!("Completed {when} by {by}."),
        None => format!("Completed {when}."),
    },
    proposes: |who, when| format!("{who} has proposed {when} that it is complete."),
    survey_waits: |when| {
        format!("The survey goes out {when}. If you reopen the journey before, it does not.")
    },
    survey_goes: |name| {
        format!(
            "In a quarter of an hour {name} gets the survey by mail. Until then you can take it back, and nothing goes out."
        )
    },
    survey_out: |when| format!("The survey went out {when}. It never goes out twice."),
    standard: |standard| match standard {
        Standard::Helped => "How much did it help you with what you had set out to do?",
        Standard::Coach => "How well did you and your coach work together?",
        Standard::Else => "What should we know besides?",
    },
    kind: |kind| match kind {
        Kind::Scale => "1 to 5",
        Kind::Choice => "One of a few",
        Kind::Text => "Their own words",
    },
    asks_of: |pathway| format!("About {pathway}"),
    feedback_count: |answered, asked| format!("{answered} of {asked} have answered"),
    people: |count| if count == 1 { "1 person".to_owned() } else { format!("{count} people") },
    average: |value| format!("{value} of 5 on average"),
    quiet_since: |why, when| format!("{why}: {when}"),
    ending: |ending| match ending {
        Ending::Completed => "Completed",
        Ending::NotFinished => "Did not finish",
        Ending::NotStarted => "Did not start",
    },
    archived_as: |when, ending, by| {
        let word = match ending {
            Ending::Completed => "completed",
            Ending::NotFinished => "did not finish",
            Ending::NotStarted => "did not start",
        };
        match by {
            Some(by) => format!("{by} put them away {when}, as: {word}."),
            None => format!("Put away {when}, as: {word}."),
        }
    },
    archive_heading: |count| {
        if count == 1 { "Put one person away".to_owned() } else { format!("Put {count} people away") }
    },
    archive_booked: |sessions, requests| {
        let sessions = if sessions == 1 { "1 booking".to_owned() } else { format!("{sessions} bookings") };
        match requests {
            0 => format!("{sessions} ahead"),
            1 => format!("{sessions} ahead, 1 open request"),
            requests => format!("{sessions} ahead, {requests} open requests"),
        }
    },
    silent: |reminders, last| format!("{reminders} reminders, the last {last}"),
    to_sponsors: |count| if count == 1 { "1 person".to_owned() } else { format!("{count} people") },
    offered: |people, cohort| match people {
        1 => format!("1 person in {cohort} does not answer reminders"),
        people => format!("{people} people in {cohort} do not answer reminders"),
    },
    proposals: |count| {
        if count == 1 {
            "1 journey is proposed as complete".to_owned()
        } else {
            format!("{count} journeys are proposed as complete")
        }
    },
    listed: |people| {
        if people == 1 {
            "1 person has gone quiet".to_owned()
        } else {
            format!("{people} people have gone quiet")
        }
    },
    escalate_lede: |times| {
        match times {
        1 => "These participants were reminded, and nothing was booked within a week. You can ask those who pay to encourage them.".to_owned(),
        times => format!("These participants were reminded at least {}, and nothing was booked within a week of any. You can ask those who pay to encourage them.", match times {
            2 => "twice".to_owned(),
            times => format!("{times} times"),
        }),
    }
    },
    escalate_none: |times| match times {
        1 => "It is offered a week after a reminder if nothing was booked.".to_owned(),
        2 => "It is offered a week after the second reminder if nothing was booked.".to_owned(),
        times => format!("It is offered a week after {times} reminders if nothing was booked."),
    },
    inactive_definition: |months| {
        format!(
            "Somebody stands here who for {} in their cohort has had no booking made, has completed nothing and has nothing ahead. It counts from the start of the cohort, from joining, or from being brought back, whichever is latest.",
            match months {
                1 => "one calendar month".to_owned(),
                3 => "three calendar months".to_owned(),
                months => format!("{months} calendar months"),
            }
        )
    },
    inactive_none: |months| format!("Everybody has booked, met or joined within {}.", months_of(months)),
};

pub(super) const GERMAN: Endings = Endings {
    complete: "Abschließen",
    complete_button: "Als abgeschlossen eintragen",
    completed: "Abgeschlossen",
    survey_answered: "Die Umfrage wurde beantwortet.",
    reopen: "Wieder öffnen",
    reopen_about: "Der Weg geht weiter, und offene Schritte lassen sich wieder buchen.",
    settle_heading: "Das ist noch offen",
    settle_about: "Es bleibt, wie es ist, wenn Sie den Weg jetzt abschließen, und dazu gehört ein Grund.",
    mark_it: "Eintragen",
    see_it: "Ansehen",
    ahead: "Gebucht",
    unmarked: "Noch nicht eingetragen",
    unbooked: "Ohne Termin",
    all_settled: "Alles, was zählt, ist abgeschlossen oder versäumt.",
    nothing_held: "Keine Sitzung davon wurde abgeschlossen.",
    reason: "Grund",
    reason_needed: "Etwas, das zählt, ist offen. Sagen Sie, warum der Weg trotzdem abgeschlossen ist.",
    reason_hint: "Steht im Verlauf. Sie können ihn weglassen.",
    bulk_reason_hint: "Steht im Verlauf. Er wird gebraucht, sobald Sie jemanden wählen, bei dem etwas offen ist.",
    mails_heading: "Welche Mails hinausgehen",
    no_survey: "Es geht keine Umfrage hinaus: Der Ablauf fragt nichts, oder die Person ist ein Test.",
    survey_chosen: "Eine Viertelstunde später geht eine Umfrage an alle Gewählten, bei denen es oben steht. Wessen Weg Sie vorher wieder öffnen, bekommt keine.",
    survey_theirs: "Bekommt die Umfrage.",
    survey_nobody: "Es geht keine Umfrage hinaus.",
    propose: "Abschluss vorschlagen",
    propose_button: "Den Abschluss vorschlagen",
    propose_about: "Wer das Programm leitet, sieht es und entscheidet. Es geht keine Mail hinaus.",
    proposal_drop: "Zurücknehmen",
    proposal_aside: "Beiseitelegen",
    proposed_here: "Sie haben es vorgeschlagen. Wer das Programm leitet, entscheidet.",
    bulk_title: "Wege abschließen",
    bulk_lede: "Es geschieht nichts, ehe Sie unten drücken.",
    bulk_ready: "Lassen sich so abschließen",
    bulk_ready_about: "Alles, was zählt, ist abgeschlossen oder versäumt.",
    bulk_open: "Nur mit einem Grund",
    bulk_open_about: "Etwas, das zählt, ist offen. Wählen Sie aus und sagen Sie, warum.",
    bulk_done: "Schon abgeschlossen",
    bulk_own: "Ihr eigener, den jemand anderes abschließt",
    bulk_none_heading: "Kein Weg wartet auf den Abschluss",
    bulk_none: "Alle gewählten sind abgeschlossen oder haben nicht begonnen.",
    bulk_button: "Gewählte abschließen",
    bulk_choose: "Abschließen",
    needs: "Wartet auf Sie",
    decide: "Entscheiden",
    choose_complete: "Abschließen",
    choose_archive: "Ablegen",
    back_to_board: "Zurück zur Übersicht",
    survey: "Umfrage",
    survey_title: "Umfrage am Ende",
    survey_lede: "Geht eine Viertelstunde nach dem Abschluss eines Weges als Mail hinaus, ein einziges Mal. Geantwortet wird ohne Anmeldung.",
    survey_question: "Frage",
    survey_kind: "Antwort",
    survey_choices: "Auswahl",
    survey_choices_hint: "Eine je Zeile, zwei bis acht",
    survey_save: "Umfrage speichern",
    survey_more: "Eine leere Frage fällt weg. Antworten bleiben bei ihrem Wortlaut: Mit anderen Worten ist es eine andere Frage.",
    survey_none: "Dieser Ablauf fragt nichts, also geht keine Umfrage hinaus.",
    survey_standard: "Das sind die üblichen Fragen. Solange Sie sie so lassen, liest sie jede Person in ihrer Sprache.",
    survey_add: "Noch eine Frage",
    answer_title: "Wie war es?",
    answer_lede: "Ihre Antworten helfen, das Programm besser zu machen.",
    answer_count: |count| match count {
        1 => "Es ist eine Frage; Sie können sie auslassen.".to_owned(),
        2 => "Es sind zwei Fragen; jede können Sie auslassen.".to_owned(),
        3 => "Es sind drei Fragen; jede können Sie auslassen.".to_owned(),
        4 => "Es sind vier Fragen; jede können Sie auslassen.".to_owned(),
        count => format!("Es sind {count} Fragen; jede können Sie auslassen."),
    },
    answer_once: "Sie können das einmal absenden. Antworten werden zusammen mit denen anderer gelesen, nie neben Ihrem Namen, und Ihr Coach sieht sie nicht.",
    answer_send: "Antworten senden",
    answer_leave_out: "Keine Antwort",
    answered_heading: "Danke",
    answered: "Ihre Antworten sind angekommen. Mehr ist nicht zu tun.",
    not_open_heading: "Noch wird nichts gefragt",
    not_open: "Die Fragen kommen als Mail, wenn Ihr Weg abgeschlossen ist.",
    gone_heading: "Dieser Link führt nirgends mehr hin",
    gone: "Wenn Sie um Antworten gebeten wurden, melden Sie sich an: Die Fragen stehen auf Ihrer Startseite.",
    scale_low: "gar nicht",
    scale_high: "sehr",
    feedback: "Rückmeldungen",
    feedback_lede: "Was am Ende der Wege geantwortet wurde, alles zusammen. Nichts davon spricht von weniger als fünf Personen.",
    feedback_few: "Weniger als fünf Personen haben das beantwortet. Es steht hier ab fünf.",
    feedback_few_cells: "Ein Strich steht, wo von weniger als fünf Personen die Rede wäre.",
    feedback_none_heading: "Noch hat niemand geantwortet",
    feedback_none: "Eine Umfrage geht hinaus, wenn ein Weg abgeschlossen wird.",
    feedback_removed: "wird nicht mehr gefragt",
    feedback_texts: "In eigenen Worten, nach dem Alphabet",
    inactive: "Still geworden",
    inactive_lede: "Wen Sie ablegen können, wer am längsten still ist zuerst.",
    inactive_told: "Die Liste entsteht jeden Montag um 8:00. Die Leitung bekommt eine Mail, und jede Person hört es einmal.",
    inactive_none_heading: "Niemand ist still geworden",
    inactive_why_cohort: "Nichts seit dem Beginn der Kohorte",
    inactive_why_joined: "Nichts seit der Aufnahme",
    inactive_why_restored: "Nichts seit dem Zurückholen",
    inactive_why_booked: "Zuletzt gebucht",
    inactive_why_completed: "Zuletzt abgeschlossen",
    inactive_all: "Alle Kohorten",
    put_away: "Ablegen",
    put_away_chosen: "Gewählte ablegen",
    archive_title: "Ablegen",
    archive_lede: "Sie stehen dann nicht mehr in der Übersicht, in keiner Zahl und bekommen keine Erinnerungen. Berichte behalten sie, und Sie können sie jederzeit zurückholen.",
    archive_as: "Als",
    archive_ahead_heading: "Noch gebucht",
    archive_ahead_about: "Wer noch Termine vor sich hat, wird nur abgelegt, wenn sie mit abgesagt werden.",
    archive_cancel: "Diese mit absagen",
    archive_mails: "Dann bekommt jede betroffene Person und jeder Coach eine Mail mit allen eigenen Terminen, und die Kalender folgen.",
    archive_no_mails: "Es geht keine Mail hinaus.",
    archive_reason_hint: "Steht im Verlauf. Sie können ihn weglassen.",
    archive_button: "Ablegen",
    archive_asked: "eine Anfrage zum Verschieben ist offen",
    archive_pod: "die anderen behalten ihn",
    archive_away: "Schon abgelegt",
    archive_nobody_heading: "Niemand ist abzulegen",
    archive_nobody: "Wählen Sie Personen in der Übersicht oder in der Liste derer, die still geworden sind.",
    restore: "Zurückholen",
    restore_about: "Die Person steht wieder in der Übersicht, und ob sie still wird, zählt ab jetzt.",
    escalate: "Auftraggeber informieren",
    escalate_title: "Auftraggeber informieren",
    escalate_people: "Wer nicht antwortet",
    escalate_to: "Wer die Mail bekommt",
    escalate_message: "Nachricht",
    escalate_says_names: "Das Programm schreibt sie, mit Namen und Zahlen von Sitzungen und sonst nichts: keine Termine, keine Gründe, nichts von dem, was gesprochen wurde.",
    escalate_says_counts: "Das Programm schreibt sie. Dieses Projekt zeigt Auftraggebern nur Zahlen, also nennt sie niemanden und sagt nur, wie viele es sind.",
    escalate_note: "Eine Anmerkung von Ihnen",
    escalate_note_hint: "Sie können sie weglassen. Höchstens 300 Zeichen, und nichts Vertrauliches: keine Namen, keine Termine, keine Gründe, nichts von dem, was gesprochen wurde. Eine Anmerkung, die jemanden aus der Kohorte nennt, wird nicht gesendet.",
    escalate_send: "Nachricht senden",
    escalate_refuses: "möchte solche Mails nicht",
    escalate_none_heading: "Niemand hat genug Erinnerungen unbeantwortet gelassen",
    escalate_few: "Dieses Projekt zeigt Auftraggebern nur Zahlen, und keine von weniger als fünf Personen, auch keine, die weniger als fünf andere übrig lässt. Wählen Sie so viele, dass beides gesagt werden kann.",
    escalate_no_sponsor: "Es gibt niemanden, der informiert werden könnte. Die Verwaltung trägt Auftraggeber auf der Seite der Firma ein.",
    escalate_offer: "Antwortet nicht auf Erinnerungen",
    show_archived: "Abgelegt",
    show_present: "Unterwegs",
    people_filter: "Personen",
    archived_board: "Diese Personen sind abgelegt. Sie stehen in keiner Zahl und bekommen keine Erinnerungen.",
    home_done_heading: "Ihr Steinmännchen steht.",
    home_closed_heading: "Ihr Weg ist beendet.",
    home_closed: "Er wurde beendet, ohne dass eine Sitzung abgeschlossen war.",
    home_done: "Ihr Weg ist abgeschlossen. Jeder Stein davon bleibt Ihnen.",
    home_survey: "Wir wüssten gern, wie es für Sie war.",
    home_survey_button: "Einige Fragen beantworten",
    quiet_offer: "Liste ansehen",
    heading: |name| format!("Den Weg von {name} abschließen"),
    completed_by: |when, by| match by {
        Some(by) => format!("Abgeschlossen {when} von {by}."),
        None => format!("Abgeschlossen {when}."),
    },
    proposes: |who, when| format!("{who} hat {when} den Abschluss vorgeschlagen."),
    survey_waits: |when| {
        format!("Die Umfrage geht {when} hinaus. Wenn Sie den Weg vorher wieder öffnen, bleibt sie aus.")
    },
    survey_goes: |name| {
        format!(
            "In einer Viertelstunde bekommt {name} die Umfrage als Mail. Bis dahin können Sie es zurücknehmen, und nichts geht hinaus."
        )
    },
    survey_out: |when| format!("Die Umfrage ging {when} hinaus. Ein zweites Mal geht sie nie hinaus."),
    standard: |standard| match standard {
        Standard::Helped => "Wie sehr hat es Ihnen bei dem geholfen, was Sie sich vorgenommen hatten?",
        Standard::Coach => "Wie gut haben Sie und Ihr Coach zusammengearbeitet?",
        Standard::Else => "Was sollten wir noch wissen?",
    },
    kind: |kind| match kind {
        Kind::Scale => "1 bis 5",
        Kind::Choice => "Eine von wenigen",
        Kind::Text => "Eigene Worte",
    },
    asks_of: |pathway| format!("Zu {pathway}"),
    feedback_count: |answered, asked| format!("{answered} von {asked} haben geantwortet"),
    people: |count| if count == 1 { "1 Person".to_owned() } else { format!("{count} Personen") },
    average: |value| format!("im Mittel {value} von 5"),
    quiet_since: |why, when| format!("{why}: {when}"),
    ending: |ending| match ending {
        Ending::Completed => "Abgeschlossen",
        Ending::NotFinished => "Nicht beendet",
        Ending::NotStarted => "Nicht begonnen",
    },
    archived_as: |when, ending, by| {
        let word = match ending {
            Ending::Completed => "abgeschlossen",
            Ending::NotFinished => "nicht beendet",
            Ending::NotStarted => "nicht begonnen",
        };
        match by {
            Some(by) => format!("{by} hat diesen Platz {when} abgelegt, als: {word}."),
            None => format!("Abgelegt {when}, als: {word}."),
        }
    },
    archive_heading: |count| {
        if count == 1 { "Eine Person ablegen".to_owned() } else { format!("{count} Personen ablegen") }
    },
    archive_booked: |sessions, requests| {
        let sessions = if sessions == 1 { "1 Termin".to_owned() } else { format!("{sessions} Termine") };
        match requests {
            0 => format!("noch {sessions}"),
            1 => format!("noch {sessions}, 1 offene Anfrage"),
            requests => format!("noch {sessions}, {requests} offene Anfragen"),
        }
    },
    silent: |reminders, last| format!("{reminders} Erinnerungen, zuletzt {last}"),
    to_sponsors: |count| if count == 1 { "1 Person".to_owned() } else { format!("{count} Personen") },
    offered: |people, cohort| match people {
        1 => format!("1 Person in {cohort} antwortet nicht auf Erinnerungen"),
        people => format!("{people} Personen in {cohort} antworten nicht auf Erinnerungen"),
    },
    proposals: |count| {
        if count == 1 {
            "Für 1 Weg ist der Abschluss vorgeschlagen".to_owned()
        } else {
            format!("Für {count} Wege ist der Abschluss vorgeschlagen")
        }
    },
    listed: |people| {
        if people == 1 {
            "1 Person ist still geworden".to_owned()
        } else {
            format!("{people} Personen sind still geworden")
        }
    },
    escalate_lede: |times| {
        match times {
        1 => "Diese Personen wurden erinnert, und in der Woche danach wurde nichts gebucht. Sie können die bitten, die bezahlen, ihnen zuzureden.".to_owned(),
        times => format!("Diese Personen wurden mindestens {}mal erinnert, und in der Woche danach wurde jeweils nichts gebucht. Sie können die bitten, die bezahlen, ihnen zuzureden.", match times {
            2 => "zwei".to_owned(),
            times => format!("{times}-"),
        }),
    }
    },
    escalate_none: |times| match times {
        1 => "Angeboten wird es eine Woche nach einer Erinnerung, wenn nichts gebucht wurde.".to_owned(),
        2 => {
            "Angeboten wird es eine Woche nach der zweiten Erinnerung, wenn nichts gebucht wurde.".to_owned()
        }
        times => {
            format!("Angeboten wird es eine Woche nach {times} Erinnerungen, wenn nichts gebucht wurde.")
        }
    },
    inactive_definition: |months| {
        format!(
            "Hier steht, für wen {} lang in der Kohorte nichts gebucht wurde, wer nichts abgeschlossen hat und wer nichts vor sich hat. Es zählt ab dem Beginn der Kohorte, ab der Aufnahme oder ab dem Zurückholen, was davon das Letzte war.",
            match months {
                1 => "einen Kalendermonat".to_owned(),
                3 => "drei Kalendermonate".to_owned(),
                months => format!("{months} Kalendermonate"),
            }
        )
    },
    inactive_none: |months| match months {
        1 => "Alle haben im letzten Monat gebucht, sich getroffen oder angefangen.".to_owned(),
        months => format!(
            "Alle haben in den letzten {} gebucht, sich getroffen oder angefangen.",
            match months {
                3 => "drei Monaten".to_owned(),
                months => format!("{months} Monaten"),
            }
        ),
    },
};

section! {
    /// The letters about the end of journeys.
    EndLetters {
        survey_heading, survey_button, survey_once, off_heading, off_heading_coach, off_button, off_removed, listed_heading, listed_button, listed_how, quiet_heading, quiet_button, quiet_how,
        escalated_heading, why_program, why_lead, why_sponsor;
        survey_subject: fn(&str) -> String,
        survey_says: fn(&str, Option<&str>) -> String,
        survey_count: fn(usize) -> String,
        off_subject: fn(usize) -> String,
        off_says: fn(&str, usize) -> String,
        listed_subject: fn(u32) -> String,
        listed_says: fn(u32, i64) -> String,
        people: fn(u32) -> String,
        quiet_subject: fn(&str) -> String,
        quiet_says: fn(&str, i64) -> String,
        escalated_subject: fn(&str) -> String,
        escalated_note: fn(&str) -> String,
        escalated_names: fn(&str, &str) -> String,
        escalated_name: fn(&str, u32, u32) -> String,
        escalated_count: fn(&str, &str, usize) -> String,
        escalated_help: fn(bool) -> String,
        escalated_by: fn(&str) -> String,
    }
}

/// The words of these letters in a language.
pub const fn end_letters(language: Language) -> &'static EndLetters {
    match language {
        Language::English => &LETTERS_ENGLISH,
        Language::German => &LETTERS_GERMAN,
    }
}

static LETTERS_ENGLISH: EndLetters = EndLetters {
    survey_heading: "Your journey is complete. How was it?",
    survey_button: "Answer the questions",
    survey_once: "The button leads to a page of yours that needs no password. You can answer once. Answers are read together with those of others, never beside your name, and your coach does not see them.",
    off_heading: "Your bookings are called off.",
    off_heading_coach: "Bookings with you are called off.",
    off_button: "See your sessions",
    off_removed: "The attached file takes them out of your calendar.",
    listed_heading: "Somebody has gone quiet.",
    listed_button: "See the list",
    listed_how: "The list says why each of them stands on it. You can put them away there, and bring them back at any time.",
    quiet_heading: "It has been quiet for a while.",
    quiet_button: "See what is next",
    quiet_how: "If you would like to go on, book your next session. If not, you need do nothing: your place may be put away then, and can be brought back at any time.",
    escalated_heading: "Your people need some room.",
    why_program: "You get this mail because you take part in a program.",
    why_lead: "You get this mail once a week, as long as somebody is on the list, because you lead a program.",
    why_sponsor: "You get this mail because your company has named you as its contact.",
    survey_subject: |pathway| format!("How was {pathway}?"),
    survey_says: |pathway, coach| match coach {
        Some(coach) => format!("You have come to the end of {pathway} with {coach}."),
        None => format!("You have come to the end of {pathway}."),
    },
    survey_count: |count| {
        if count == 1 {
            "It is one question.".to_owned()
        } else {
            format!("They are {count} questions, of which you may leave out any.")
        }
    },
    off_subject: |count| {
        if count == 1 {
            "A booking is called off".to_owned()
        } else {
            format!("{count} bookings are called off")
        }
    },
    off_says: |by, count| {
        if count == 1 {
            format!("{by} called this one off, because it is no longer planned:")
        } else {
            format!("{by} called these {count} off, because they are no longer planned:")
        }
    },
    listed_subject: |count| {
        if count == 1 {
            "1 participant has gone quiet".to_owned()
        } else {
            format!("{count} participants have gone quiet")
        }
    },
    listed_says: |count, months| {
        let whom = if count == 1 { "one participant".to_owned() } else { format!("{count} participants") };
        format!(
            "For {whom} in your programs nothing was booked or completed for {}, and nothing is ahead.",
            months_of(months)
        )
    },
    people: |count| if count == 1 { "1 person".to_owned() } else { format!("{count} people") },
    quiet_subject: |cohort| format!("Do you want to go on? {cohort}"),
    quiet_says: |cohort, months| format!("In {cohort} nothing was booked for you for {}.", months_of(months)),
    escalated_subject: |project| format!("Sessions wait for a date: {project}"),
    escalated_names: |project, cohort| {
        format!("In {project}, {cohort}, some of your people have sessions that wait for a date:")
    },
    escalated_name: |name, held, all| {
        format!("{name}: {held} of {all} sessions held, nothing booked yet for the next")
    },
    escalated_count: |project, cohort, people| {
        let people = if people == 1 { "one".to_owned() } else { people.to_string() };
        format!("In {project}, {cohort}, {people} of your people have sessions that wait for a date.")
    },
    escalated_help: |is_by_name| {
        let to = if is_by_name { "" } else { " to the whole group" };
        format!("A word from you{to}, and some room in their calendars, would help them to go on. Thank you.")
    },
    escalated_note: |by| format!("{by} adds:"),
    escalated_by: |by| format!("{by} sent you this."),
};

static LETTERS_GERMAN: EndLetters = EndLetters {
    survey_heading: "Ihr Weg ist abgeschlossen. Wie war es?",
    survey_button: "Fragen beantworten",
    survey_once: "Der Knopf führt auf eine Seite, die nur für Sie ist und kein Passwort braucht. Sie können einmal antworten. Antworten werden zusammen mit denen anderer gelesen, nie neben Ihrem Namen, und Ihr Coach sieht sie nicht.",
    off_heading: "Ihre Termine sind abgesagt.",
    off_heading_coach: "Termine mit Ihnen sind abgesagt.",
    off_button: "Sitzungen ansehen",
    off_removed: "Die angehängte Datei nimmt sie aus Ihrem Kalender.",
    listed_heading: "Jemand ist still geworden.",
    listed_button: "Liste ansehen",
    listed_how: "Die Liste sagt, warum jemand darauf steht. Dort können Sie ablegen, und jederzeit wieder zurückholen.",
    quiet_heading: "Es ist eine Weile still.",
    quiet_button: "Ansehen, was als Nächstes kommt",
    quiet_how: "Wenn Sie weitermachen möchten, buchen Sie Ihre nächste Sitzung. Wenn nicht, brauchen Sie nichts zu tun: Ihr Platz wird dann vielleicht abgelegt und lässt sich jederzeit zurückholen.",
    escalated_heading: "Ihre Leute brauchen etwas Raum.",
    why_program: "Sie bekommen diese Mail, weil Sie an einem Programm teilnehmen.",
    why_lead: "Sie bekommen diese Mail einmal in der Woche, solange jemand auf der Liste steht, weil Sie ein Programm leiten.",
    why_sponsor: "Sie bekommen diese Mail, weil Ihre Firma Sie als Kontakt genannt hat.",
    survey_subject: |pathway| format!("Wie war {pathway}?"),
    survey_says: |pathway, coach| match coach {
        Some(coach) => format!("Sie sind mit {coach} am Ende von {pathway} angekommen."),
        None => format!("Sie sind am Ende von {pathway} angekommen."),
    },
    survey_count: |count| {
        if count == 1 {
            "Es ist eine Frage.".to_owned()
        } else {
            format!("Es sind {count} Fragen, und jede können Sie auslassen.")
        }
    },
    off_subject: |count| {
        if count == 1 {
            "Ein Termin ist abgesagt".to_owned()
        } else {
            format!("{count} Termine sind abgesagt")
        }
    },
    off_says: |by, count| {
        if count == 1 {
            format!("{by} hat diesen Termin abgesagt, weil er nicht mehr vorgesehen ist:")
        } else {
            format!("{by} hat diese {count} Termine abgesagt, weil sie nicht mehr vorgesehen sind:")
        }
    },
    listed_subject: |count| {
        if count == 1 {
            "1 Person ist still geworden".to_owned()
        } else {
            format!("{count} Personen sind still geworden")
        }
    },
    listed_says: |count, months| {
        let whom = if count == 1 { "eine Person".to_owned() } else { format!("{count} Personen") };
        format!(
            "Für {whom} in Ihren Programmen wurde {} lang nichts gebucht oder abgeschlossen, und nichts steht bevor.",
            monate(months)
        )
    },
    people: |count| if count == 1 { "1 Person".to_owned() } else { format!("{count} Personen") },
    quiet_subject: |cohort| format!("Möchten Sie weitermachen? {cohort}"),
    quiet_says: |cohort, months| format!("In {cohort} wurde für Sie {} lang nichts gebucht.", monate(months)),
    escalated_subject: |project| format!("Sitzungen warten auf einen Termin: {project}"),
    escalated_names: |project, cohort| {
        format!("In {project}, {cohort}, warten bei einigen Ihrer Leute Sitzungen auf einen Termin:")
    },
    escalated_name: |name, held, all| {
        format!("{name}: {held} von {all} Sitzungen gehalten, die nächste noch ohne Termin")
    },
    escalated_count: |project, cohort, people| {
        let people = if people == 1 { "einer Person".to_owned() } else { format!("{people} Ihrer Leute") };
        format!("In {project}, {cohort}, warten bei {people} Sitzungen auf einen Termin.")
    },
    escalated_help: |is_by_name| {
        let to = if is_by_name { "" } else { " an alle" };
        format!(
            "Ein Wort von Ihnen{to} und etwas Platz im Kalender würden helfen, dass es weitergeht. Vielen Dank."
        )
    },
    escalated_note: |by| format!("{by} fügt hinzu:"),
    escalated_by: |by| format!("{by} hat Ihnen das gesendet."),
};
