//! Moments as a date-time box has them: in the reader's zone. Browser only; the server answers with nothing.

use domain::time::Timestamp;

/// `2026-12-01T09:30` in the reader's zone.
#[cfg(feature = "hydrate")]
pub fn to_box(moment: Timestamp) -> String {
    let date = js_sys::Date::new(&js_sys::Number::from(moment.micros() as f64 / 1_000.0).into());
    format!("{:04}-{:02}-{:02}T{:02}:{:02}", date.get_full_year(), date.get_month() + 1, date.get_date(), date.get_hours(), date.get_minutes())
}

/// What a date-time box holds, read in the reader's zone; nothing when it is empty or no moment.
#[cfg(feature = "hydrate")]
pub fn from_box(text: &str) -> Option<Timestamp> {
    if text.is_empty() {
        return None;
    }
    let millis = js_sys::Date::new(&leptos::wasm_bindgen::JsValue::from_str(text)).get_time();
    // whole milliseconds of any year a box can name fit into 53 bits
    millis.is_finite().then(|| Timestamp::from_micros(millis as i64 * 1_000))
}

#[cfg(not(feature = "hydrate"))]
pub fn to_box(_: Timestamp) -> String {
    String::new()
}

#[cfg(not(feature = "hydrate"))]
pub fn from_box(_: &str) -> Option<Timestamp> {
    None
}
