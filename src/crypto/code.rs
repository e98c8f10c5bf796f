//! One-time codes that people read out and type in: 100 random bits in Crockford's base32, in groups of four.

use zeroize::Zeroizing;

/// Crockford's base32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Five bits each.
const CHARACTERS: usize = 20;
const GROUP: usize = 4;

/// "7K2M-40QD-..."; what is hashed is `canonical` of it.
pub fn new() -> crate::Result<Zeroizing<String>> {
    let mut random = Zeroizing::new([0; CHARACTERS]);
    super::random(&mut random[..])?;
    let mut code = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        // 256 is a multiple of 32: every character is equally likely.
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(code)
}

/// A code as it may have been typed, in the one form that is hashed.
pub fn canonical(typed: &str) -> Zeroizing<String> {
    let mut code = Zeroizing::new(String::with_capacity(typed.len()));
    for character in
        typed.chars().filter(|character| !character.is_whitespace() && !"-\u{2010}\u{2011}\u{2013}".contains(*character))
    {
        code.push(match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_what_people_make_of_it() {
        let code = new().unwrap();
        assert_eq!(code.len(), CHARACTERS + 4);
        assert_eq!(canonical(&code).len(), CHARACTERS);
        assert_eq!(*canonical(&code.to_lowercase()), *canonical(&code));
        assert_eq!(*canonical(&format!(" {} ", code.replace('-', "  "))), *canonical(&code));
        assert_eq!(*canonical("oil-0"), "0110");
        assert_ne!(*new().unwrap(), *code);
    }
}
