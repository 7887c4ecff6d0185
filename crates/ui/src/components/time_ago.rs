//! A moment as people say it. The server writes the ISO date; the browser, once alive, says how long ago and in the viewer's zone.
use leptos::{prelude::*, wasm_bindgen::JsValue};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment in microseconds since 1970 UTC: relative up to a week, then a date; the exact time on hover and focus.
#[component]
pub fn TimeAgo(
    #[prop(into)] at: Signal<Option<i64>>,
    /// What to say without a moment.
    #[prop(default = "Never".to_owned(), into)]
    never: String,
) -> impl IntoView {
    let words = RwSignal::new(None::<(String, String)>);
    Effect::new(move || {
        words.set(at.get().map(|at| {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds of any date fit")]
            let now = js_sys::Date::now() as i64 * 1_000;
            (relative(at, now).unwrap_or_else(|| date(at)), exact(at))
        }));
    });
    let shown = move || {
        let Some(at) = at.get() else { return view! { <span class="none">{never.clone()}</span> }.into_any() };
        let stamp = iso(at);
        let day = stamp.get(..10).unwrap_or_default().to_owned();
        let text = move || words.with(|words| words.as_ref().map_or_else(|| day.clone(), |words| words.0.clone()));
        let title = move || words.with(|words| words.as_ref().map(|words| words.1.clone()));
        view! { <time class="time" datetime=stamp title=title>{text}</time> }.into_any()
    };
    shown.into_any()
}

/// The moment as RFC 3339 in UTC, to the second.
pub fn iso(micros: i64) -> String {
    let (days, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / HOUR, rest % HOUR / MINUTE, rest % MINUTE / SECOND)
}

/// Days since 1970 as year, month and day (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// Within a week, before or after. What is to come is rounded, so that what lasts 7 days ends in 7 days a moment after it began; what is past
/// is counted in whole.
fn relative(at: i64, now: i64) -> Option<String> {
    let (span, past) = ((now - at).abs(), at <= now);
    let many = |count: i64, unit: &str| if past { format!("{count} {unit} ago") } else { format!("in {count} {unit}") };
    let count = |unit: i64| if past { span / unit } else { (span + unit / 2) / unit };
    match (count(MINUTE), count(HOUR), count(DAY)) {
        _ if span < MINUTE => Some(if past { "just now" } else { "in a moment" }.to_owned()),
        (minutes, ..) if minutes < 60 => Some(many(minutes, "min")),
        (_, hours, _) if hours < 24 => Some(many(hours, "h")),
        (.., 1) => Some(if past { "yesterday" } else { "tomorrow" }.to_owned()),
        (.., days) if days < 7 || (days == 7 && !past) => Some(many(days, "days")),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any date are exact in a double")]
fn js_date(at: i64) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64((at / 1_000) as f64))
}

thread_local! {
    /// How days and moments are written. To make such a thing takes longer than a row of a list takes to draw.
    static DAY_FORMAT: js_sys::Function = format(&[("day", "numeric"), ("month", "short"), ("year", "numeric")]);
    static EXACT_FORMAT: js_sys::Function = format(&[
        ("day", "numeric"),
        ("month", "long"),
        ("year", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
        ("timeZoneName", "short"),
    ]);
}

/// The screen speaks English: day, short month and year, in the viewer's zone.
fn date(at: i64) -> String {
    DAY_FORMAT.with(|format| words(format, at))
}

fn exact(at: i64) -> String {
    EXACT_FORMAT.with(|format| words(format, at))
}

fn format(options: &[(&str, &str)]) -> js_sys::Function {
    let wanted = js_sys::Object::new();
    for (key, value) in options {
        // Setting a property of an object just made can't fail.
        let _ = js_sys::Reflect::set(&wanted, &JsValue::from_str(key), &JsValue::from_str(value));
    }
    js_sys::Intl::DateTimeFormat::new(&js_sys::Array::of1(&JsValue::from_str("en-GB")), &wanted).format()
}

/// A moment that no calendar has is nothing to say.
fn words(format: &js_sys::Function, at: i64) -> String {
    format.call1(&JsValue::NULL, &js_date(at)).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, SECOND, iso, relative};

    #[test]
    fn moments_are_written_as_rfc_3339() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
        assert_eq!(iso(951_782_400_000_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_795_519_845_123_456), "2026-11-24T11:30:45Z");
    }

    #[test]
    fn a_week_is_told_in_words() {
        let now = 20_000 * DAY;
        let ago = |span: i64| relative(now - span, now);
        assert_eq!(ago(SECOND).as_deref(), Some("just now"));
        assert_eq!(ago(12 * MINUTE).as_deref(), Some("12 min ago"));
        assert_eq!(ago(2 * HOUR).as_deref(), Some("2 h ago"));
        assert_eq!(ago(DAY).as_deref(), Some("yesterday"));
        assert_eq!(ago(3 * DAY).as_deref(), Some("3 days ago"));
        assert_eq!(ago(7 * DAY), None);
        assert_eq!(ago(-5 * DAY).as_deref(), Some("in 5 days"));
    }

    #[test]
    fn what_is_to_come_is_rounded_and_what_is_past_is_not() {
        let now = 20_000 * DAY;
        let after = |span: i64| relative(now + span, now);
        assert_eq!(after(HOUR - SECOND).as_deref(), Some("in 1 h"));
        assert_eq!(after(DAY - SECOND).as_deref(), Some("tomorrow"));
        assert_eq!(after(7 * DAY - SECOND).as_deref(), Some("in 7 days"));
        // the clock of the browser may be behind
        assert_eq!(after(7 * DAY + MINUTE).as_deref(), Some("in 7 days"));
        assert_eq!(after(8 * DAY), None);
        assert_eq!(relative(now - 2 * DAY + SECOND, now).as_deref(), Some("yesterday"));
        assert_eq!(relative(now - 7 * DAY + SECOND, now).as_deref(), Some("6 days ago"));
    }
}
