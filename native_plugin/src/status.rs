//! How a call ends: a status code, and for the failed ones a message to ask for.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The call did what it should.
pub const OK: i32 = 0;
/// An argument was refused; nothing was written.
pub const REFUSED: i32 = 1;
/// The kernel panicked; what it writes to is in an arbitrary state.
pub const PANICKED: i32 = 2;

thread_local! {
    static LAST_ERROR: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a kernel: no panic leaves, and the message of a failure is kept for [`last_error`].
pub fn guard(kernel: impl FnOnce() -> Result<(), String>) -> i32 {
    let (status, message) = match catch_unwind(AssertUnwindSafe(kernel)) {
        Ok(Ok(())) => return OK,
        Ok(Err(message)) => (REFUSED, message),
        Err(payload) => (PANICKED, message_of(payload.as_ref())),
    };
    LAST_ERROR.with_borrow_mut(|last| *last = message);
    status
}

/// The message of this thread's last failure, cut to whole characters that fit `into`; returns
/// how many bytes were written.
pub fn last_error(into: &mut [u8]) -> usize {
    LAST_ERROR.with_borrow(|last| copy_text(last, into))
}

/// Copies as much of a text as fits and returns how many bytes that is.
pub fn copy_text(text: &str, into: &mut [u8]) -> usize {
    let mut end = text.len().min(into.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    into[..end].copy_from_slice(&text.as_bytes()[..end]);
    end
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> String {
        let mut bytes = [0; 100];
        let len = last_error(&mut bytes);
        String::from_utf8(bytes[..len].to_vec()).unwrap()
    }

    #[test]
    fn a_panic_becomes_a_status_and_a_message() {
        assert_eq!(guard(|| Ok(())), OK);
        assert_eq!(guard(|| Err("no".into())), REFUSED);
        assert_eq!(message(), "no");
        assert_eq!(guard(|| panic!("ouch {}", 1)), PANICKED);
        assert_eq!(message(), "ouch 1");
        assert_eq!(guard(|| std::panic::panic_any(7)), PANICKED);
        assert_eq!(message(), "a panic without a message");
    }

    #[test]
    fn a_message_is_cut_between_characters() {
        let mut bytes = [0; 4];
        assert_eq!(copy_text("aäöü", &mut bytes), 3);
    }
}
