//! Every address of the program, one line each: what answers there, and who is let in. The guard, the walk of the tests
//! and the API's own description read this same table.

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use model::organisation::Mode;
use rules::permission::Action;
use rules::scope::Scope;

use crate::app::{App, Reading};
use crate::{api, assets, pages};

/// Who is let in before a handler looks at the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anybody.
    Open,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever may do this with anything at all.
    May(Action),
}

/// Where an address exists at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instance {
    /// Everywhere.
    Any,
    /// In a demo or a trial; elsewhere it answers 404 (rules T4, M7).
    Play,
    /// In a demo; elsewhere it answers 404.
    Demo,
}

impl Instance {
    fn is_one(self, mode: Mode) -> bool {
        match self {
            Instance::Any => true,
            Instance::Play => mode.is_play(),
            Instance::Demo => mode == Mode::Demo,
        }
    }
}

/// Which pages may show this one in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// None.
    Never,
    /// Our own.
    Ourselves,
    /// Anybody's, where it is asked for as a part of theirs: then it knows nobody who is signed in (rule C4).
    Anybody,
}

/// The largest body that a route takes unless it says otherwise, in bytes.
pub const BODY_MAX_BYTES: usize = 64 * 1024;
/// The largest picture, in bytes.
pub const PHOTO_MAX_BYTES: usize = 10 * 1024 * 1024;
/// The largest body that a picture comes in, in bytes: one that is too large is refused beside its input, with all that was
/// typed. No more of it is kept than a picture may have.
pub const PHOTO_BODY_MAX_BYTES: usize = 4 * PHOTO_MAX_BYTES;

/// The largest file of people with what a form or JSON puts around it, in bytes.
pub const IMPORT_MAX_BYTES: usize = 2 * model::program::sheet::FILE_MAX_BYTES;

/// The largest form of a pathway, in bytes: fifty steps with their places.
pub const PATHWAY_MAX_BYTES: usize = 256 * 1024;

/// One address and what answers there.
#[derive(Clone)]
pub struct Route {
    /// GET or POST, PUT, PATCH, DELETE.
    pub method: Method,
    /// With the names of its ids in braces.
    pub path: &'static str,
    /// Who is let in.
    pub door: Door,
    /// Where it exists.
    pub instance: Instance,
    /// What a bearer token needs to be for; only addresses of the API have one.
    pub scope: Option<Scope>,
    /// Who may frame it.
    pub framing: Framing,
    /// Whether it is found out who asks. For machines it is not: they get an answer also without a database.
    pub knows_visitors: bool,
    /// Whether it may be asked from anywhere, because its address says all and no cookie is looked at (RFC 8058).
    pub from_anywhere: bool,
    /// The largest body it takes.
    pub body_max_bytes: usize,
    handler: MethodRouter<App>,
}

impl Route {
    fn door(mut self, door: Door) -> Route {
        self.door = door;
        self
    }

    fn signed_in(self) -> Route {
        self.door(Door::SignedIn)
    }

    fn may(self, action: Action) -> Route {
        self.door(Door::May(action))
    }

    fn only(mut self, instance: Instance) -> Route {
        self.instance = instance;
        self
    }

    fn scope(mut self, scope: Scope) -> Route {
        self.scope = Some(scope);
        self
    }

    fn framed_by_ourselves(mut self) -> Route {
        self.framing = Framing::Ourselves;
        self
    }

    fn framed_by_anybody(mut self) -> Route {
        self.framing = Framing::Anybody;
        self
    }

    fn for_machines(mut self) -> Route {
        self.knows_visitors = false;
        self
    }

    fn taken_from_anywhere(mut self) -> Route {
        self.from_anywhere = true;
        self
    }

    fn takes_bytes(mut self, most: usize) -> Route {
        self.body_max_bytes = most;
        self
    }

    pub(crate) fn new(method: Method, path: &'static str, handler: MethodRouter<App>) -> Route {
        Route {
            method,
            path,
            door: Door::Open,
            instance: Instance::Any,
            scope: None,
            framing: Framing::Never,
            knows_visitors: true,
            from_anywhere: false,
            body_max_bytes: BODY_MAX_BYTES,
            handler,
        }
    }

    /// Whether this is an address of the JSON interface.
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// A handler whose own type is forgotten, so that the router is compiled once and not anew for each line of the table.
#[derive(Clone)]
struct AnyHandler<S>(Arc<Answers<S>>);

type Answers<S> = dyn Fn(Request, S) -> Answering + Send + Sync;
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

impl<S: Clone + Send + Sync + 'static> AnyHandler<S> {
    fn of<H: Handler<T, S>, T: 'static>(handler: H) -> AnyHandler<S> {
        AnyHandler(Arc::new(move |request, state| Box::pin(handler.clone().call(request, state))))
    }
}

impl<S: Clone + Send + Sync + 'static> Handler<(), S> for AnyHandler<S> {
    type Future = Answering;

    fn call(self, request: Request, state: S) -> Answering {
        (self.0)(request, state)
    }
}

/// GET and HEAD: the handler is given no way to write (rule P2).
struct Get<'a>(&'a Reading);

impl Get<'_> {
    fn at<H, T>(&self, path: &'static str, handler: H) -> Route
    where
        H: Handler<T, Reading>,
        T: 'static,
    {
        let handler = axum::routing::get(AnyHandler::of(handler)).with_state(self.0.clone());
        Route::new(Method::GET, path, handler)
    }
}

fn change<H, T>(method: Method, path: &'static str, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    let filter = method.clone().try_into().expect("the methods of this table are known to axum");
    Route::new(method, path, on(filter, AnyHandler::of(handler)))
}

fn put<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    change(Method::PUT, path, handler)
}

fn patch<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    change(Method::PATCH, path, handler)
}

fn delete<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    change(Method::DELETE, path, handler)
}

fn post<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    change(Method::POST, path, handler)
}

/// The route table.
#[rustfmt::skip]
pub fn table(app: &Reading) -> Vec<Route> {
    use Instance::{Demo, Play};
    let get = Get(app);
    vec![
        // What one sees first.
        get.at("/", pages::home::show),
        get.at("/today", pages::today::show).may(Action::SeeSession),

        get.at("/calendar", pages::calendar::show).may(Action::SeeSession),
        get.at("/calendar/slots/{session}", pages::calendar::slots).may(Action::MoveSession),
        get.at("/money", pages::money::index).may(Action::SeeMoney),

        // Finding a coach, and booking.
        get.at("/coaches", pages::coaches::index),
        get.at("/coaches/{slug}", pages::coaches::picker::show).framed_by_anybody(),
        get.at("/coaches/{slug}/photo", pages::coaches::photo),
        get.at("/coaches/{slug}/bookings", pages::coaches::lead_back),
        post("/coaches/{slug}/bookings", pages::coaches::bookings::create).framed_by_anybody(),
        get.at("/coaches/{slug}/series", pages::coaches::series::show).signed_in(),
        post("/coaches/{slug}/series", pages::coaches::series::create).signed_in(),
        get.at("/coaches/{slug}/series/dates", pages::coaches::lead_back),
        post("/coaches/{slug}/series/dates", pages::coaches::series::dates).signed_in(),
        get.at("/bookings/{token}", pages::bookings::show),
        post("/bookings/{token}", pages::bookings::confirm),
        get.at("/bookings/{token}/calendar.ics", pages::bookings::calendar),
        get.at("/sessions/{session}/booked", pages::bookings::booked).may(Action::SeeSession),
        get.at("/sessions/{session}/booked/calendar.ics", pages::bookings::booked_calendar).may(Action::SeeSession),
        get.at("/manage/{token}", pages::manage::show),
        get.at("/manage/{token}/calendar.ics", pages::manage::calendar),
        get.at("/manage/{token}/move", pages::manage::show_move),
        post("/manage/{token}/move", pages::manage::move_it),
        post("/manage/{token}/move/withdrawal", pages::manage::withdraw),
        get.at("/manage/{token}/cancellation", pages::manage::show_cancellation),
        post("/manage/{token}/cancellation", pages::manage::call_off),
        post("/manage/{token}/contest", pages::manage::contest),

        // Front doors.
        get.at("/sign-in", pages::sign_in::show),
        post("/sign-in", pages::sign_in::by_password),
        post("/sign-in/link", pages::sign_in::ask_for_link),
        get.at("/sign-in/link/{token}", pages::sign_in::link),
        post("/sign-in/link/{token}", pages::sign_in::use_link),
        post("/sign-out", pages::sign_in::destroy).signed_in(),
        get.at("/set-up/{token}", pages::set_up::show),
        post("/set-up/{token}", pages::set_up::create),
        post("/language", pages::language::update),
        get.at("/demo", pages::demo::show).only(Demo),
        post("/demo/sign-in", pages::demo::sign_in).only(Demo),

        // One's own account.
        get.at("/profile", pages::profile::show).may(Action::EditProfile),
        post("/profile", pages::profile::update).may(Action::EditProfile),
        post("/profile/time", pages::profile::time).may(Action::EditProfile),
        post("/profile/language", pages::profile::language).may(Action::EditProfile),
        post("/profile/zone", pages::profile::learn_zone).may(Action::EditProfile),
        post("/profile/photo", pages::profile::photo).may(Action::EditProfile).takes_bytes(PHOTO_BODY_MAX_BYTES),
        post("/profile/photo/removal", pages::profile::remove_photo).may(Action::EditProfile),
        post("/profile/password", pages::profile::password).may(Action::EditProfile),
        post("/profile/password/removal", pages::profile::remove_password).may(Action::EditProfile),
        post("/profile/devices/{device}/removal", pages::profile::sign_out_device).may(Action::EditProfile),
        post("/profile/devices/removal", pages::profile::sign_out_everywhere).may(Action::EditProfile),
        post("/profile/tokens", pages::tokens::create).may(Action::EditProfile),
        post("/profile/tokens/{token}/removal", pages::tokens::destroy).may(Action::EditProfile),

        // A coach's practice.
        get.at("/practice", pages::practice::show).may(Action::EditPractice),
        get.at("/practice/profile", pages::practice::profile::show).may(Action::EditPractice),
        post("/practice/profile", pages::practice::profile::update).may(Action::EditPractice),
        post("/practice/profile/photo", pages::practice::profile::photo).may(Action::EditPractice).takes_bytes(PHOTO_BODY_MAX_BYTES),
        get.at("/practice/offerings", pages::practice::offerings::index).may(Action::EditPractice),
        get.at("/practice/offerings/new", pages::practice::offerings::new).may(Action::EditPractice),
        post("/practice/offerings", pages::practice::offerings::create).may(Action::EditPractice),
        get.at("/practice/offerings/{offering}", pages::practice::offerings::show).may(Action::EditPractice),
        post("/practice/offerings/{offering}", pages::practice::offerings::update).may(Action::EditPractice),
        post("/practice/offerings/{offering}/activation", pages::practice::offerings::activate).may(Action::EditPractice),
        post("/practice/offerings/{offering}/activation/removal", pages::practice::offerings::deactivate).may(Action::EditPractice),
        post("/practice/offerings/{offering}/retirement", pages::practice::offerings::retire).may(Action::EditPractice),
        get.at("/practice/hours", pages::practice::hours::show).may(Action::EditPractice),
        post("/practice/hours", pages::practice::hours::update).may(Action::EditPractice),
        post("/practice/hours/removal", pages::practice::hours::follow_usual).may(Action::EditPractice),
        post("/practice/overrides", pages::practice::hours::set_day).may(Action::EditPractice),
        post("/practice/overrides/removal", pages::practice::hours::drop_day).may(Action::EditPractice),
        post("/practice/time-off", pages::practice::hours::add_time_off).may(Action::EditPractice),
        post("/practice/time-off/removal", pages::practice::hours::drop_time_off).may(Action::EditPractice),
        get.at("/practice/share", pages::practice::share).may(Action::EditPractice),
        post("/practice/listing", pages::practice::list).may(Action::EditPractice),
        post("/practice/listing/removal", pages::practice::unlist).may(Action::EditPractice),

        // Sessions.
        get.at("/sessions", pages::sessions::list::index).may(Action::SeeSession),
        get.at("/sessions/{session}", pages::sessions::show).may(Action::SeeSession),
        get.at("/sessions/{session}/calendar.ics", pages::sessions::calendar).may(Action::SeeSession),
        get.at("/sessions/{session}/booking", pages::sessions::booking::show).may(Action::Book),
        post("/sessions/{session}/booking", pages::sessions::booking::create).may(Action::Book),
        get.at("/sessions/{session}/move", pages::sessions::moves::show).may(Action::MoveSession),
        post("/sessions/{session}/move", pages::sessions::moves::create).may(Action::MoveSession),
        post("/sessions/{session}/move/approval", pages::sessions::moves::approve).may(Action::DecideRequest),
        post("/sessions/{session}/move/rejection", pages::sessions::moves::reject).may(Action::DecideRequest),
        post("/sessions/{session}/move/withdrawal", pages::sessions::moves::withdraw).may(Action::WithdrawRequest),
        get.at("/sessions/{session}/cancellation", pages::sessions::endings::show).may(Action::DeleteBooking),
        post("/sessions/{session}/cancellation", pages::sessions::endings::create).may(Action::DeleteBooking),
        post("/sessions/{session}/end", pages::sessions::marks::end).may(Action::MarkAttendance),
        post("/sessions/{session}/attendance/{person}", pages::sessions::marks::mark).may(Action::MarkAttendance),
        post("/sessions/{session}/attendance/{person}/undo", pages::sessions::marks::undo).may(Action::MarkAttendance),
        post("/sessions/{session}/attendance/{person}/check-in", pages::sessions::marks::check_in).may(Action::MarkAttendance),
        post("/sessions/{session}/attendance/{person}/forgiveness", pages::sessions::marks::forgive).may(Action::Forgive),
        post("/sessions/{session}/attendance/{person}/contest", pages::sessions::marks::contest).may(Action::Contest),
        post("/sessions/{session}/attendance/{person}/contest/settlement", pages::sessions::marks::settle).may(Action::SettleContest),
        post("/sessions/{session}/attendance/{person}/greyed-out", pages::sessions::marks::grey_out).may(Action::GreyOut),
        get.at("/sessions/{session}/deletion", pages::sessions::deletion::show_all).may(Action::GreyOut),
        post("/sessions/{session}/deletion", pages::sessions::deletion::create_all).may(Action::GreyOut),
        get.at("/sessions/{session}/attendance/{person}/deletion", pages::sessions::deletion::show).may(Action::GreyOut),
        post("/sessions/{session}/attendance/{person}/deletion", pages::sessions::deletion::create).may(Action::GreyOut),
        post("/sessions/{session}/attendance/{person}/reactivation", pages::sessions::marks::reactivate).may(Action::Reactivate),
        post("/sessions/{session}/attendance/{person}/waiver", pages::sessions::money::waive).may(Action::Waive),
        post("/sessions/{session}/attendance/{person}/payment", pages::sessions::money::pay).may(Action::MarkPaid),
        post("/sessions/{session}/attendance/{person}/refund", pages::sessions::money::refund).may(Action::MarkPaid),

        post("/sessions/{session}/attendance", pages::sessions::marks::all_present).may(Action::MarkAttendance),

        // Pods.
        get.at("/pods/{pod}", pages::pods::show).may(Action::SeeSession),
        post("/pods/{pod}", pages::pods::update).may(Action::ManagePods),
        post("/pods/{pod}/deletion", pages::pods::delete).may(Action::ManagePods),
        post("/pods/{pod}/members", pages::pods::join).may(Action::ManagePods),
        post("/pods/{pod}/members/{participant}/removal", pages::pods::remove).may(Action::ManagePods),
        post("/pods/{pod}/choice", pages::pods::choose).may(Action::Book),
        get.at("/cohorts/{cohort}/pods/new", pages::pods::new).may(Action::ManagePods),
        post("/cohorts/{cohort}/pods", pages::pods::create).may(Action::ManagePods),
        get.at("/cohorts/{cohort}/pods", pages::pods::index).may(Action::SeeCohort),

        // People.
        get.at("/people", pages::people::index).may(Action::SeePeople),
        get.at("/people/new", pages::people::new).may(Action::ManagePeople),
        post("/people", pages::people::create).may(Action::ManagePeople),
        get.at("/people/{person}", pages::people::show).may(Action::SeePeople),
        get.at("/people/{person}/photo", pages::people::photo).signed_in(),
        get.at("/people/{person}/booking", pages::booking_for::new).may(Action::Book),
        post("/people/{person}/booking", pages::booking_for::create).may(Action::Book),
        post("/people/{person}/intro", pages::people::grant_intro).may(Action::EditPractice),
        get.at("/people/{person}/past-session", pages::booking_for::past).may(Action::ManagePeople),
        post("/people/{person}/past-session", pages::booking_for::record).may(Action::ManagePeople),
        post("/people/{person}/roles", pages::people::roles).may(Action::ManagePeople),
        post("/people/{person}/invitation", pages::people::invite).may(Action::ManagePeople),
        post("/people/{person}/sign-out", pages::people::sign_out).may(Action::ManagePeople),
        post("/people/{person}/closure", pages::people::close).may(Action::ManagePeople),
        post("/people/{person}/reopening", pages::people::reopen).may(Action::ManagePeople),

        // A cohort's board, and one participant.
        get.at("/cohorts/{cohort}", pages::board::show).may(Action::SeeCohort),
        get.at("/cohorts/{cohort}/reminders", pages::reminders::show).may(Action::SendReminders),
        post("/cohorts/{cohort}/reminders", pages::reminders::create).may(Action::SendReminders),
        get.at("/participants/{participant}/reminder", pages::reminders::show_one).may(Action::SendReminders),
        post("/participants/{participant}/reminder", pages::reminders::create_one).may(Action::SendReminders),
        get.at("/sessions/{session}/stand-in", pages::sessions::stand_ins::show).may(Action::NameStandIn),
        post("/sessions/{session}/stand-in", pages::sessions::stand_ins::create).may(Action::NameStandIn),
        post("/sessions/{session}/stand-in/end", pages::sessions::stand_ins::end).may(Action::NameStandIn),
        get.at("/sessions/{session}/coaches", pages::sessions::co_coaches::show).may(Action::NameCoCoach),
        post("/sessions/{session}/coaches", pages::sessions::co_coaches::create).may(Action::NameCoCoach),
        post("/sessions/{session}/coaches/{person}/removal", pages::sessions::co_coaches::destroy).may(Action::NameCoCoach),
        get.at("/journeys/{journey}/extras/new", pages::extras::new).may(Action::ManageParticipants),
        post("/journeys/{journey}/extras", pages::extras::create).may(Action::ManageParticipants),
        post("/sessions/{session}/extra/removal", pages::sessions::extras::destroy).may(Action::ManageParticipants),
        get.at("/cohorts/{cohort}/coach", pages::handover::show).may(Action::AssignCoach),
        post("/cohorts/{cohort}/coach", pages::handover::create).may(Action::AssignCoach),
        get.at("/participants/{participant}", pages::participant::show).may(Action::SeePeople),
        get.at("/sessions/{session}/attendance/{person}/actions", pages::sessions::actions::show).may(Action::SeeSession),
        // Programs: what one runs, and people from a file.
        get.at("/programs", pages::programs::index).may(Action::SeeCohort),
        post("/companies", pages::programs::add_company).may(Action::ManageCompanies),
        get.at("/companies/{company}", pages::programs::company).may(Action::SeeCohort),
        post("/companies/{company}", pages::programs::rename_company).may(Action::ManageCompanies),
        post("/companies/{company}/projects", pages::programs::add_project).may(Action::ManageCompanies),
        post("/companies/{company}/leads", pages::programs::lead_company).may(Action::ManageCompanies),
        post("/companies/{company}/sponsors", pages::programs::add_sponsor).may(Action::ManageCompanies),
        post("/companies/{company}/sponsors/{person}/removal", pages::programs::remove_sponsor).may(Action::ManageCompanies),
        get.at("/projects/{project}", pages::programs::project).may(Action::SeeCohort),
        post("/projects/{project}", pages::programs::change_project).may(Action::ManageCompanies),
        post("/projects/{project}/cohorts", pages::programs::add_cohort).may(Action::ManageCompanies),
        post("/projects/{project}/leads", pages::programs::lead_project).may(Action::ManageCompanies),
        get.at("/cohorts/{cohort}/edit", pages::programs::cohort).may(Action::ManageCompanies),
        post("/cohorts/{cohort}/edit", pages::programs::change_cohort).may(Action::ManageCompanies),
        post("/cohorts/{cohort}/leads", pages::programs::lead_cohort).may(Action::ManageCompanies),
        post("/cohorts/{cohort}/archive", pages::programs::archive).may(Action::ArchiveCohort),
        post("/cohorts/{cohort}/archive/removal", pages::programs::restore).may(Action::ArchiveCohort),
        get.at("/cohorts/{cohort}/participants/new", pages::participants::new).may(Action::ManageParticipants),
        post("/cohorts/{cohort}/participants", pages::participants::create).may(Action::ManageParticipants),
        post("/leads/{lead}/removal", pages::programs::dismiss).may(Action::ManageCompanies),
        get.at("/pathways", pages::pathways::index).may(Action::SeeCohort),
        get.at("/pathways/new", pages::pathways::new).may(Action::ManageTemplates),
        post("/pathways", pages::pathways::create).may(Action::ManageTemplates).takes_bytes(PATHWAY_MAX_BYTES),
        get.at("/pathways/{pathway}", pages::pathways::show).may(Action::SeeCohort),
        get.at("/pathways/{pathway}/edit", pages::pathways::edit).may(Action::ManageTemplates),
        post("/pathways/{pathway}/edit", pages::pathways::update).may(Action::ManageTemplates).takes_bytes(PATHWAY_MAX_BYTES),
        post("/pathways/{pathway}/archive", pages::pathways::archive).may(Action::ManageTemplates),
        post("/pathways/{pathway}/archive/removal", pages::pathways::restore).may(Action::ManageTemplates),
        get.at("/participants/{participant}/edit", pages::participants::edit).may(Action::ManageParticipants),
        post("/participants/{participant}/edit", pages::participants::update).may(Action::ManageParticipants),
        post("/participants/{participant}/journeys", pages::participants::add_journey).may(Action::ManageParticipants),
        get.at("/imports", pages::imports::index).may(Action::ImportPeople),
        get.at("/imports/template.csv", pages::imports::template).may(Action::ImportPeople),
        get.at("/imports/pods.csv", pages::imports::pods_template).may(Action::ImportPeople),
        post("/imports", pages::imports::create).may(Action::ImportPeople).takes_bytes(IMPORT_MAX_BYTES),
        get.at("/imports/{import}", pages::imports::show).may(Action::ImportPeople),
        post("/imports/{import}/commit", pages::imports::commit).may(Action::ImportPeople),
        post("/imports/{import}/cancellation", pages::imports::cancel).may(Action::ImportPeople),
        get.at("/cohorts/{cohort}/coaches", pages::pools::show).may(Action::AssignCoach),
        post("/cohorts/{cohort}/coaches", pages::pools::put).may(Action::AssignCoach),
        post("/cohorts/{cohort}/coaches/{coach}/removal", pages::pools::take_out).may(Action::AssignCoach),
        post("/cohorts/{cohort}/coaches/given", pages::pools::give).may(Action::AssignCoach),
        get.at("/participants/{participant}/coaches", pages::pools::choice).may(Action::ChooseCoach),
        post("/participants/{participant}/coaches", pages::pools::choose).may(Action::ChooseCoach),

        // Messages between a client and a coach: to everybody else there are none.
        get.at("/messages", pages::messages::index).may(Action::Messages),
        get.at("/messages/{thread}", pages::messages::show).signed_in(),
        post("/messages/{thread}", pages::messages::create).signed_in(),
        post("/messages/{thread}/read", pages::messages::read).signed_in(),
        get.at("/people/{person}/messages", pages::messages::with).signed_in(),
        post("/people/{person}/messages", pages::messages::send).signed_in(),

        // What people are told, here and by mail.
        get.at("/notifications", pages::notifications::index).may(Action::EditProfile),
        post("/notifications/read", pages::notifications::read_all).may(Action::EditProfile),
        post("/notifications/{notification}/read", pages::notifications::read).may(Action::EditProfile),
        post("/profile/mails", pages::mail_choices::update).may(Action::EditProfile),
        get.at("/mail-choices/{token}", pages::mail_choices::show),
        post("/mail-choices/{token}", pages::mail_choices::refuse).taken_from_anywhere(),

        // Running the organisation.
        get.at("/settings", pages::settings::show).may(Action::ManageSettings),
        post("/settings", pages::settings::update).may(Action::ManageSettings),
        get.at("/settings/agreements", pages::agreements::show).may(Action::PublishAgreements),
        post("/settings/agreements", pages::agreements::publish).may(Action::PublishAgreements),
        get.at("/audit", pages::audit::index).may(Action::SeeAudit),
        get.at("/mail-queue", pages::mail_queue::index).may(Action::SeeMailQueue),
        post("/mail-queue/{mail}/retry", pages::mail_queue::retry).may(Action::RetryMail),

        // Mail by rule.
        get.at("/triggers", pages::triggers::index).may(Action::ManageTriggers),
        post("/triggers", pages::triggers::create).may(Action::ManageTriggers),
        get.at("/triggers/new", pages::triggers::new).may(Action::ManageTriggers),
        post("/triggers/preview", pages::triggers::preview_new).may(Action::ManageTriggers),
        get.at("/triggers/{trigger}", pages::triggers::show).may(Action::ManageTriggers),
        post("/triggers/{trigger}", pages::triggers::update).may(Action::ManageTriggers),
        post("/triggers/{trigger}/preview", pages::triggers::preview).may(Action::ManageTriggers),
        post("/triggers/{trigger}/test", pages::triggers::test).may(Action::ManageTriggers),
        get.at("/triggers/{trigger}/pause", pages::triggers::show_pause).may(Action::ManageTriggers),
        post("/triggers/{trigger}/pause", pages::triggers::pause).may(Action::ManageTriggers),
        post("/triggers/{trigger}/pause/removal", pages::triggers::resume).may(Action::ManageTriggers),
        post("/triggers/{trigger}/removal", pages::triggers::remove).may(Action::ManageTriggers),

        // Demo and trial.
        get.at("/mailbox", pages::mailbox::index).only(Play),
        get.at("/mailbox/{mail}", pages::mailbox::show).only(Play),
        get.at("/mailbox/{mail}/html", pages::mailbox::html).only(Play).framed_by_ourselves(),
        get.at("/mailbox/{mail}/attachments/{part}", pages::mailbox::attachment).only(Play),
        post("/clock", pages::clock::advance).only(Play).may(Action::MoveClock),

        // The end of journeys.
        get.at("/journeys/{journey}/completion", pages::completion::show).may(Action::SeePeople),
        post("/journeys/{journey}/completion", pages::completion::create).may(Action::CompleteJourney),
        post("/journeys/{journey}/completion/removal", pages::completion::destroy).may(Action::ReopenJourney),
        post("/journeys/{journey}/proposal", pages::completion::propose).may(Action::ProposeCompletion),
        post("/journeys/{journey}/proposal/removal", pages::completion::drop_proposal).may(Action::SeePeople),
        get.at("/journeys/{journey}/survey", pages::surveys::own).may(Action::AnswerSurvey),
        post("/journeys/{journey}/survey", pages::surveys::answer_own).may(Action::AnswerSurvey),
        get.at("/surveys/{token}", pages::surveys::show),
        post("/surveys/{token}", pages::surveys::answer),
        get.at("/pathways/{pathway}/survey", pages::surveys::edit).may(Action::ManageTemplates),
        post("/pathways/{pathway}/survey", pages::surveys::update).may(Action::ManageTemplates),
        get.at("/cohorts/{cohort}/feedback", pages::surveys::feedback).may(Action::SeeFeedback),
        get.at("/cohorts/{cohort}/completions", pages::completion::index).may(Action::CompleteJourney),
        post("/cohorts/{cohort}/completions", pages::completion::create_all).may(Action::CompleteJourney),
        get.at("/inactive", pages::inactive::index).may(Action::ArchiveParticipant),
        get.at("/cohorts/{cohort}/inactive", pages::inactive::of_cohort).may(Action::ArchiveParticipant),
        get.at("/cohorts/{cohort}/participants/archive", pages::inactive::show_all).may(Action::ArchiveParticipant),
        post("/cohorts/{cohort}/participants/archive", pages::inactive::create_all).may(Action::ArchiveParticipant),
        get.at("/participants/{participant}/archive", pages::inactive::show).may(Action::ArchiveParticipant),
        post("/participants/{participant}/archive", pages::inactive::create).may(Action::ArchiveParticipant),
        post("/participants/{participant}/archive/removal", pages::inactive::destroy).may(Action::ArchiveParticipant),
        get.at("/cohorts/{cohort}/escalation", pages::escalation::show).may(Action::Escalate),
        post("/cohorts/{cohort}/escalation", pages::escalation::create).may(Action::Escalate),

        // Coaches to choose from, of a project and of a company.
        get.at("/projects/{project}/coaches", pages::pools::show_of_project).may(Action::AssignCoach),
        post("/projects/{project}/coaches", pages::pools::put_into_project).may(Action::AssignCoach),
        post("/projects/{project}/coaches/{coach}/removal", pages::pools::take_out_of_project).may(Action::AssignCoach),
        get.at("/companies/{company}/coaches", pages::pools::show_of_company).may(Action::AssignCoach),
        post("/companies/{company}/coaches", pages::pools::put_into_company).may(Action::AssignCoach),
        post("/companies/{company}/coaches/{coach}/removal", pages::pools::take_out_of_company).may(Action::AssignCoach),

        // For whoever builds pages.
        get.at("/gallery", pages::gallery::show),

        // The JSON interface.
        get.at("/api/v1/openapi.json", api::openapi::show),
        get.at("/api/v1/me", api::me::show).may(Action::EditProfile).scope(Scope::MeRead),
        get.at("/api/v1/settings", api::settings::show).may(Action::ManageSettings).scope(Scope::SettingsRead),
        patch("/api/v1/settings", api::settings::update).may(Action::ManageSettings).scope(Scope::SettingsWrite),
        patch("/api/v1/me", api::me::update).may(Action::EditProfile).scope(Scope::MeWrite),
        get.at("/api/v1/me/tokens", api::tokens::index).may(Action::EditProfile).scope(Scope::MeRead),
        delete("/api/v1/me/tokens/{token}", api::tokens::destroy).may(Action::EditProfile).scope(Scope::MeWrite),
        get.at("/api/v1/coaches", api::coaches::index),
        get.at("/api/v1/coaches/{slug}", api::coaches::show),
        get.at("/api/v1/coaches/{slug}/slots", api::coaches::slots),
        get.at("/api/v1/sessions", api::sessions::index).may(Action::SeeSession).scope(Scope::SessionsRead),
        post("/api/v1/sessions", api::sessions::create).scope(Scope::SessionsWrite),
        get.at("/api/v1/sessions/{session}", api::sessions::show).may(Action::SeeSession).scope(Scope::SessionsRead),
        get.at("/api/v1/sessions/{session}/timeline", api::sessions::timeline).may(Action::SeeSession).scope(Scope::SessionsRead),
        get.at("/api/v1/pods/{pod}", api::pods::show).may(Action::SeeSession).scope(Scope::SessionsRead),
        put("/api/v1/pods/{pod}", api::pods::update).may(Action::ManagePods).scope(Scope::SessionsWrite),
        delete("/api/v1/pods/{pod}", api::pods::destroy).may(Action::ManagePods).scope(Scope::SessionsWrite),
        put("/api/v1/pods/{pod}/members/{participant}", api::pods::join).may(Action::ManagePods).scope(Scope::SessionsWrite),
        delete("/api/v1/pods/{pod}/members/{participant}", api::pods::remove).may(Action::ManagePods).scope(Scope::SessionsWrite),
        post("/api/v1/pods/{pod}/choice", api::pods::choose).may(Action::Book).scope(Scope::SessionsWrite),
        post("/api/v1/cohorts/{cohort}/pods", api::pods::create).may(Action::ManagePods).scope(Scope::SessionsWrite),
        get.at("/api/v1/cohorts/{cohort}/pods", api::pods::index).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        put("/api/v1/sessions/{session}/attendance", api::steps::all_present).may(Action::MarkAttendance).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/booking", api::steps::book).may(Action::Book).scope(Scope::SessionsWrite),
        get.at("/api/v1/sessions/{session}/booking/slots", api::steps::slots).may(Action::Book).scope(Scope::SessionsRead),
        put("/api/v1/sessions/{session}/greyed-out", api::steps::grey_out_all).may(Action::GreyOut).scope(Scope::SessionsWrite),
        put("/api/v1/sessions/{session}/attendance/{person}/greyed-out", api::steps::grey_out).may(Action::GreyOut).scope(Scope::SessionsWrite),
        delete("/api/v1/sessions/{session}/attendance/{person}/greyed-out", api::steps::reactivate).may(Action::Reactivate).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/move", api::moves::create).may(Action::MoveSession).scope(Scope::SessionsWrite),
        delete("/api/v1/sessions/{session}/move", api::moves::destroy).may(Action::WithdrawRequest).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/move/approval", api::moves::approve).may(Action::DecideRequest).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/move/rejection", api::moves::reject).may(Action::DecideRequest).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/cancellation", api::attendance::cancel).may(Action::DeleteBooking).scope(Scope::SessionsWrite),
        put("/api/v1/sessions/{session}/attendance/{person}", api::attendance::mark).may(Action::MarkAttendance).scope(Scope::SessionsWrite),
        delete("/api/v1/sessions/{session}/attendance/{person}", api::attendance::unmark).may(Action::MarkAttendance).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/attendance/{person}/forgiveness", api::attendance::forgive).may(Action::Forgive).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/attendance/{person}/contest", api::attendance::contest).may(Action::Contest).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/attendance/{person}/contest/settlement", api::attendance::uphold).may(Action::SettleContest).scope(Scope::SessionsWrite),
        post("/api/v1/sessions/{session}/waiver", api::attendance::waive).may(Action::Waive).scope(Scope::MoneyWrite),
        post("/api/v1/sessions/{session}/payment", api::attendance::pay).may(Action::MarkPaid).scope(Scope::MoneyWrite),
        post("/api/v1/sessions/{session}/refund", api::attendance::refund).may(Action::MarkPaid).scope(Scope::MoneyWrite),
        get.at("/api/v1/ledger", api::ledger::index).may(Action::SeeMoney).scope(Scope::MoneyRead),
        get.at("/api/v1/practice", api::practice::show).may(Action::EditPractice).scope(Scope::PracticeRead),
        patch("/api/v1/practice", api::practice::update).may(Action::EditPractice).scope(Scope::PracticeWrite),
        post("/api/v1/practice/listing", api::practice::list).may(Action::EditPractice).scope(Scope::PracticeWrite),
        delete("/api/v1/practice/listing", api::practice::unlist).may(Action::EditPractice).scope(Scope::PracticeWrite),
        get.at("/api/v1/practice/offerings", api::offerings::index).may(Action::EditPractice).scope(Scope::PracticeRead),
        post("/api/v1/practice/offerings", api::offerings::create).may(Action::EditPractice).scope(Scope::PracticeWrite),
        get.at("/api/v1/practice/offerings/{offering}", api::offerings::show).may(Action::EditPractice).scope(Scope::PracticeRead),
        patch("/api/v1/practice/offerings/{offering}", api::offerings::update).may(Action::EditPractice).scope(Scope::PracticeWrite),
        delete("/api/v1/practice/offerings/{offering}", api::offerings::destroy).may(Action::EditPractice).scope(Scope::PracticeWrite),
        get.at("/api/v1/practice/hours", api::practice::hours).may(Action::EditPractice).scope(Scope::PracticeRead),
        put("/api/v1/practice/hours", api::practice::set_hours).may(Action::EditPractice).scope(Scope::PracticeWrite),
        get.at("/api/v1/practice/overrides", api::practice::overrides).may(Action::EditPractice).scope(Scope::PracticeRead),
        put("/api/v1/practice/overrides/{date}", api::practice::set_override).may(Action::EditPractice).scope(Scope::PracticeWrite),
        delete("/api/v1/practice/overrides/{date}", api::practice::drop_override).may(Action::EditPractice).scope(Scope::PracticeWrite),
        get.at("/api/v1/practice/time-off", api::practice::times_off).may(Action::EditPractice).scope(Scope::PracticeRead),
        post("/api/v1/practice/time-off", api::practice::take_time_off).may(Action::EditPractice).scope(Scope::PracticeWrite),
        delete("/api/v1/practice/time-off/{time_off}", api::practice::drop_time_off).may(Action::EditPractice).scope(Scope::PracticeWrite),
        get.at("/api/v1/people", api::people::index).may(Action::SeePeople).scope(Scope::PeopleRead),
        post("/api/v1/people", api::people::create).may(Action::ManagePeople).scope(Scope::PeopleWrite),
        get.at("/api/v1/people/{person}", api::people::show).may(Action::SeePerson).scope(Scope::PeopleRead),
        put("/api/v1/people/{person}/roles", api::people::set_roles).may(Action::ManagePeople).scope(Scope::PeopleWrite),
        post("/api/v1/people/{person}/invitation", api::people::invite).may(Action::ManagePeople).scope(Scope::PeopleWrite),
        post("/api/v1/people/{person}/closure", api::people::close).may(Action::ManagePeople).scope(Scope::PeopleWrite),
        delete("/api/v1/people/{person}/closure", api::people::reopen).may(Action::ManagePeople).scope(Scope::PeopleWrite),
        get.at("/api/v1/cohorts/{cohort}/board", api::boards::show).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        post("/api/v1/cohorts/{cohort}/reminders", api::boards::remind).may(Action::SendReminders).scope(Scope::ProgramsWrite),
        put("/api/v1/sessions/{session}/stand-in", api::handovers::stand_in).may(Action::NameStandIn).scope(Scope::SessionsWrite),
        delete("/api/v1/sessions/{session}/stand-in", api::handovers::end_stand_in).may(Action::NameStandIn).scope(Scope::SessionsWrite),
        get.at("/api/v1/sessions/{session}/coaches", api::co_coaches::index).may(Action::NameCoCoach).scope(Scope::SessionsRead),
        post("/api/v1/sessions/{session}/coaches", api::co_coaches::create).may(Action::NameCoCoach).scope(Scope::SessionsWrite),
        delete("/api/v1/sessions/{session}/coaches/{person}", api::co_coaches::destroy).may(Action::NameCoCoach).scope(Scope::SessionsWrite),
        post("/api/v1/journeys/{journey}/extras", api::extras::create).may(Action::ManageParticipants).scope(Scope::ProgramsWrite),
        delete("/api/v1/sessions/{session}/extra", api::extras::destroy).may(Action::ManageParticipants).scope(Scope::ProgramsWrite),
        post("/api/v1/cohorts/{cohort}/coach-changes", api::handovers::create).may(Action::AssignCoach).scope(Scope::ProgramsWrite),
        get.at("/api/v1/participants/{participant}", api::boards::participant).may(Action::SeePeople).scope(Scope::ProgramsRead),
        get.at("/api/v1/threads", api::messages::index).may(Action::Messages).scope(Scope::MessagesRead),
        post("/api/v1/threads", api::messages::open).may(Action::Messages).scope(Scope::MessagesWrite),
        get.at("/api/v1/threads/{thread}/messages", api::messages::show).signed_in().scope(Scope::MessagesRead),
        post("/api/v1/threads/{thread}/messages", api::messages::create).signed_in().scope(Scope::MessagesWrite),
        put("/api/v1/threads/{thread}/read", api::messages::read).signed_in().scope(Scope::MessagesWrite),
        get.at("/api/v1/notifications", api::notifications::index).may(Action::EditProfile).scope(Scope::MessagesRead),
        post("/api/v1/notifications/read", api::notifications::read_all).may(Action::EditProfile).scope(Scope::MessagesWrite),
        put("/api/v1/notifications/{notification}/read", api::notifications::read).may(Action::EditProfile).scope(Scope::MessagesWrite),
        get.at("/api/v1/audit", api::audit::index).may(Action::SeeAudit).scope(Scope::AuditRead),
        get.at("/api/v1/mail", api::mail::index).may(Action::SeeMailQueue).scope(Scope::MailRead),
        post("/api/v1/mail/{mail}/retry", api::mail::retry).may(Action::RetryMail).scope(Scope::MailWrite),
        post("/api/v1/clock", api::clock::advance).only(Play).may(Action::MoveClock).scope(Scope::ClockWrite),
        get.at("/api/v1/demo", api::demo::show).only(Demo),
        post("/api/v1/demo/tokens", api::demo::make_token).only(Demo),

        // Programs: companies, projects, cohorts, pathways; who leads them and who takes part.
        get.at("/api/v1/companies", api::programs::companies).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        post("/api/v1/companies", api::programs::add_company).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        get.at("/api/v1/companies/{company}", api::programs::company).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        patch("/api/v1/companies/{company}", api::programs::rename_company).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        get.at("/api/v1/companies/{company}/sponsors", api::leads::sponsors).may(Action::ManageCompanies).scope(Scope::ProgramsRead),
        post("/api/v1/companies/{company}/sponsors", api::leads::add_sponsor).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        delete("/api/v1/companies/{company}/sponsors/{person}", api::leads::remove_sponsor).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        get.at("/api/v1/projects", api::programs::projects).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        post("/api/v1/projects", api::programs::add_project).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        get.at("/api/v1/projects/{project}", api::programs::project).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        patch("/api/v1/projects/{project}", api::programs::change_project).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        get.at("/api/v1/cohorts", api::programs::cohorts).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        post("/api/v1/cohorts", api::programs::add_cohort).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        get.at("/api/v1/cohorts/{cohort}", api::programs::cohort).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        patch("/api/v1/cohorts/{cohort}", api::programs::change_cohort).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        post("/api/v1/cohorts/{cohort}/archive", api::programs::archive_cohort).may(Action::ArchiveCohort).scope(Scope::ProgramsWrite),
        delete("/api/v1/cohorts/{cohort}/archive", api::programs::restore_cohort).may(Action::ArchiveCohort).scope(Scope::ProgramsWrite),
        post("/api/v1/cohorts/{cohort}/participants", api::participants::create).may(Action::ManageParticipants).scope(Scope::ProgramsWrite),
        patch("/api/v1/participants/{participant}", api::participants::update).may(Action::ManageParticipants).scope(Scope::ProgramsWrite),
        get.at("/api/v1/leads", api::leads::index).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        post("/api/v1/leads", api::leads::create).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        delete("/api/v1/leads/{lead}", api::leads::destroy).may(Action::ManageCompanies).scope(Scope::ProgramsWrite),
        get.at("/api/v1/pathways", api::pathways::index).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        post("/api/v1/pathways", api::pathways::create).may(Action::ManageTemplates).scope(Scope::ProgramsWrite),
        get.at("/api/v1/pathways/{pathway}", api::pathways::show).may(Action::SeeCohort).scope(Scope::ProgramsRead),
        put("/api/v1/pathways/{pathway}", api::pathways::update).may(Action::ManageTemplates).scope(Scope::ProgramsWrite),
        get.at("/api/v1/imports", api::imports::index).may(Action::ImportPeople).scope(Scope::ProgramsRead),
        get.at("/api/v1/imports/{import}", api::imports::show).may(Action::ImportPeople).scope(Scope::ProgramsRead),
        post("/api/v1/imports/{import}/commit", api::imports::commit).may(Action::ImportPeople).scope(Scope::ProgramsWrite),
        delete("/api/v1/imports/{import}", api::imports::destroy).may(Action::ImportPeople).scope(Scope::ProgramsWrite),
        get.at("/api/v1/cohorts/{cohort}/coaches", api::pools::show).may(Action::AssignCoach).scope(Scope::ProgramsRead),
        put("/api/v1/cohorts/{cohort}/coaches/{coach}", api::pools::put).may(Action::AssignCoach).scope(Scope::ProgramsWrite),
        delete("/api/v1/cohorts/{cohort}/coaches/{coach}", api::pools::take_out).may(Action::AssignCoach).scope(Scope::ProgramsWrite),
        get.at("/api/v1/participants/{participant}/coaches", api::pools::choice).may(Action::ChooseCoach).scope(Scope::SessionsRead),
        post("/api/v1/participants/{participant}/coaches", api::pools::choose).may(Action::ChooseCoach).scope(Scope::SessionsWrite),
        post("/api/v1/cohorts/{cohort}/coaches/given", api::pools::give).may(Action::AssignCoach).scope(Scope::ProgramsWrite),
        get.at("/api/v1/triggers", api::triggers::index).may(Action::ManageTriggers).scope(Scope::ProgramsRead),
        post("/api/v1/triggers", api::triggers::create).may(Action::ManageTriggers).scope(Scope::ProgramsWrite),
        get.at("/api/v1/triggers/{trigger}", api::triggers::show).may(Action::ManageTriggers).scope(Scope::ProgramsRead),
        put("/api/v1/triggers/{trigger}", api::triggers::update).may(Action::ManageTriggers).scope(Scope::ProgramsWrite),
        delete("/api/v1/triggers/{trigger}", api::triggers::destroy).may(Action::ManageTriggers).scope(Scope::ProgramsWrite),
        post("/api/v1/triggers/{trigger}/pause", api::triggers::pause).may(Action::ManageTriggers).scope(Scope::ProgramsWrite),
        delete("/api/v1/triggers/{trigger}/pause", api::triggers::resume).may(Action::ManageTriggers).scope(Scope::ProgramsWrite),
        get.at("/api/v1/triggers/{trigger}/outlook", api::triggers::outlook).may(Action::ManageTriggers).scope(Scope::ProgramsRead),
        post("/api/v1/triggers/{trigger}/test", api::triggers::test).may(Action::ManageTriggers).scope(Scope::ProgramsWrite),
        post("/api/v1/imports", api::imports::create).may(Action::ImportPeople).scope(Scope::ProgramsWrite).takes_bytes(IMPORT_MAX_BYTES),
        post("/api/v1/pathways/{pathway}/archive", api::pathways::archive).may(Action::ManageTemplates).scope(Scope::ProgramsWrite),
        delete("/api/v1/pathways/{pathway}/archive", api::pathways::restore).may(Action::ManageTemplates).scope(Scope::ProgramsWrite),
        post("/api/v1/participants/{participant}/journeys", api::participants::add_journey).may(Action::ManageParticipants).scope(Scope::ProgramsWrite),
        post("/api/v1/pathways/{pathway}/outlook", api::pathways::foresee).may(Action::ManageTemplates).scope(Scope::ProgramsWrite),

        // The end of journeys.
        get.at("/api/v1/journeys/{journey}/completion", api::endings::show).may(Action::SeePeople).scope(Scope::ProgramsRead),
        put("/api/v1/journeys/{journey}/completion", api::endings::complete).may(Action::CompleteJourney).scope(Scope::ProgramsWrite),
        delete("/api/v1/journeys/{journey}/completion", api::endings::reopen).may(Action::ReopenJourney).scope(Scope::ProgramsWrite),
        put("/api/v1/journeys/{journey}/proposal", api::endings::propose).may(Action::ProposeCompletion).scope(Scope::ProgramsWrite),
        delete("/api/v1/journeys/{journey}/proposal", api::endings::drop_proposal).may(Action::SeePeople).scope(Scope::ProgramsWrite),
        post("/api/v1/cohorts/{cohort}/completions", api::endings::complete_all).may(Action::CompleteJourney).scope(Scope::ProgramsWrite),
        get.at("/api/v1/pathways/{pathway}/survey", api::endings::questions).may(Action::ManageTemplates).scope(Scope::ProgramsRead),
        put("/api/v1/pathways/{pathway}/survey", api::endings::ask).may(Action::ManageTemplates).scope(Scope::ProgramsWrite),
        get.at("/api/v1/journeys/{journey}/survey", api::endings::survey).may(Action::AnswerSurvey).scope(Scope::ProgramsRead),
        put("/api/v1/journeys/{journey}/survey", api::endings::answer).may(Action::AnswerSurvey).scope(Scope::ProgramsWrite),
        get.at("/api/v1/cohorts/{cohort}/feedback", api::endings::feedback).may(Action::SeeFeedback).scope(Scope::ProgramsRead),
        get.at("/api/v1/inactive", api::endings::inactive).may(Action::ArchiveParticipant).scope(Scope::ProgramsRead),
        get.at("/api/v1/cohorts/{cohort}/inactive", api::endings::inactive_in).may(Action::ArchiveParticipant).scope(Scope::ProgramsRead),
        put("/api/v1/participants/{participant}/archive", api::endings::archive).may(Action::ArchiveParticipant).scope(Scope::ProgramsWrite),
        delete("/api/v1/participants/{participant}/archive", api::endings::restore).may(Action::ArchiveParticipant).scope(Scope::ProgramsWrite),
        post("/api/v1/cohorts/{cohort}/participants/archive", api::endings::archive_all).may(Action::ArchiveParticipant).scope(Scope::ProgramsWrite),
        post("/api/v1/cohorts/{cohort}/escalations", api::endings::escalate).may(Action::Escalate).scope(Scope::ProgramsWrite),

        // Coaches to choose from, of a project and of a company.
        get.at("/api/v1/projects/{project}/coaches", api::pools::show_of_project).may(Action::AssignCoach).scope(Scope::ProgramsRead),
        put("/api/v1/projects/{project}/coaches/{coach}", api::pools::put_into_project).may(Action::AssignCoach).scope(Scope::ProgramsWrite),
        delete("/api/v1/projects/{project}/coaches/{coach}", api::pools::take_out_of_project).may(Action::AssignCoach).scope(Scope::ProgramsWrite),
        get.at("/api/v1/companies/{company}/coaches", api::pools::show_of_company).may(Action::AssignCoach).scope(Scope::ProgramsRead),
        put("/api/v1/companies/{company}/coaches/{coach}", api::pools::put_into_company).may(Action::AssignCoach).scope(Scope::ProgramsWrite),
        delete("/api/v1/companies/{company}/coaches/{coach}", api::pools::take_out_of_company).may(Action::AssignCoach).scope(Scope::ProgramsWrite),

        // For machines.
        get.at("/healthz", pages::health::alive).for_machines(),
        get.at("/readyz", pages::health::ready).for_machines(),
        get.at("/metrics", pages::health::metrics).for_machines(),
        get.at("/robots.txt", pages::health::robots).for_machines(),
        get.at("/sitemap.xml", pages::coaches::sitemap).for_machines(),
        get.at("/embed.js", assets::embed).for_machines(),
        get.at("/assets/{file}", assets::show).for_machines(),
    ]
}

/// The whole program as a service: the table, with the guard before each line of it.
pub fn router(app: &App) -> Router {
    let (mut people, mut machines) = (Router::new(), Router::new());
    let routes: Vec<Route> =
        table(&app.reading()).into_iter().filter(|route| route.instance.is_one(app.mode())).collect();
    let from_anywhere = routes.iter().filter(|route| route.from_anywhere).map(|route| route.path).collect();
    for route in routes {
        let handler = route.handler.clone();
        let side = if route.knows_visitors { &mut people } else { &mut machines };
        *side = std::mem::take(side).route(route.path, crate::guards::guarded(route, handler));
    }
    crate::guards::around(app, people, machines, from_anywhere).with_state(app.clone())
}
