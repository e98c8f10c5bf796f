//! Windows: written after its documentation; exercised under Wine only.
