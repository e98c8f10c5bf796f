//! Where a Result becomes a status: panics stop here, the last error is kept for the thread.

use super::handles;
use super::types::session_store;
use crate::engine::Store;
use crate::status::{SESSION_BAD_HANDLE, SESSION_FORKED, SESSION_INTERNAL, SESSION_OK};
use crate::{Error, Result, platform};
use once_cell::sync::OnceCell;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A call without a store. `args` reads the inputs and then clears the outputs, which may be the same memory.
pub fn free<A>(args: impl FnOnce() -> Result<A>, call: impl FnOnce(A) -> Result<()>) -> i32 {
    let checked = || {
        let args = args();
        not_forked()?;
        call(args?)
    };
    answer(checked, || {})
}

/// A call on a store. The outputs are cleared also where the handle is bad.
pub fn with<A>(store: *mut session_store, args: impl FnOnce() -> Result<A>, call: impl FnOnce(&Store, A) -> Result<()>) -> i32 {
    let checked = || {
        let args = args();
        not_forked()?;
        let store = handles::find(store)?.ok_or_else(|| Error::new(SESSION_BAD_HANDLE, "NULL, closed or no handle at all"))?;
        call(&store, args?)
    };
    answer(checked, || handles::poison(store))
}

fn not_forked() -> Result<()> {
    if platform::forked() {
        return Err(Error::new(SESSION_FORKED, "open stores after the fork, in the process that uses them"));
    }
    Ok(())
}

fn answer(call: impl FnOnce() -> Result<()>, after_panic: impl FnOnce()) -> i32 {
    leave_avx();
    keep_quiet();
    let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        after_panic();
        Err(Error::new(SESSION_INTERNAL, "a panic; the handle is of no more use"))
    });
    // The text may not be lost to a thread that is ending; the status is what counts.
    let _ = LAST
        .try_with(|last| *last.borrow_mut() = result.as_ref().err().map(|error| error.detail().to_owned()).unwrap_or_default());
    result.map_or_else(|error| error.status(), |()| SESSION_OK)
}

/// Where a caller left the upper halves of the vector registers dirty, as .NET does when it clears a struct, every SSE and SHA
/// instruction of ours would wait for them: 0.3 us of a verify from memory.
fn leave_avx() {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if std::is_x86_feature_detected!("avx") {
        #[target_feature(enable = "avx")]
        fn zero_upper() {
            #[cfg(target_arch = "x86")]
            use std::arch::x86::_mm256_zeroupper;
            #[cfg(target_arch = "x86_64")]
            use std::arch::x86_64::_mm256_zeroupper;
            _mm256_zeroupper();
        }
        // SAFETY: this processor, and this operating system, have AVX.
        unsafe { zero_upper() }
    }
}

/// For session_last_error: reads the text and leaves it.
pub fn keeping_last_error(call: impl FnOnce(&str) -> Result<()>) -> i32 {
    let last = LAST.try_with(|last| last.borrow().clone()).unwrap_or_default();
    let result = catch_unwind(AssertUnwindSafe(|| call(&last)));
    result.unwrap_or_else(|_| Err(Error::bare(SESSION_INTERNAL))).map_or_else(|error| error.status(), |()| SESSION_OK)
}

/// The library prints nothing. The hook belongs to our own copy of the standard library, not to the host's.
fn keep_quiet() {
    static QUIET: OnceCell<()> = OnceCell::new();
    QUIET.get_or_init(|| std::panic::set_hook(Box::new(|_| {})));
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use std::arch::asm;

    #[test]
    fn a_call_leaves_avx() {
        if !std::is_x86_feature_detected!("avx") {
            return;
        }
        let upper: u64;
        // SAFETY: AVX is there, and the registers are named.
        unsafe { asm!("vcmptrueps ymm15, ymm15, ymm15", out("xmm15") _, options(nomem, nostack)) };
        super::answer(|| Ok(()), || {});
        // SAFETY: as above.
        unsafe {
            asm!("vextractf128 xmm15, ymm15, 1", "vmovq {}, xmm15", out(reg) upper, out("xmm15") _, options(nomem, nostack));
        }
        assert_eq!(upper, 0);
    }
}
