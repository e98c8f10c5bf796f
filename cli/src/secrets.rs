//! Passwords, tokens and keys: from a terminal, standard input, the environment or a file; never from an argument.

use crate::args::{Actor, PasswordSource};
use desksession::status::{SESSION_BAD_ARGUMENT, SESSION_IO, SESSION_NO_KEY};
use desksession::{Error, Result};
use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::ops::Deref;
use std::path::Path;
use zeroize::Zeroizing;

pub type Secret = Zeroizing<Vec<u8>>;

/// The text of a token; wiped when dropped.
pub struct Token(Zeroizing<String>);

impl Deref for Token {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

const VARIABLE: &str = "DESKSESSION_TOKEN";
/// Longer than every secret; the library refuses what is too long for it.
const MOST_BYTES: usize = 4096;

impl PasswordSource {
    /// One that exists.
    pub fn password(&self, prompt: &str) -> Result<Secret> {
        if self.is_terminal() { ask(prompt) } else { line() }
    }

    /// One that is chosen now: on a terminal asked for twice.
    pub fn new_password(&self) -> Result<Secret> {
        let password = self.password("New password: ")?;
        if self.is_terminal() && *ask("The same again: ")? != *password {
            return Err(Error::new(SESSION_BAD_ARGUMENT, "the two passwords differ"));
        }
        Ok(password)
    }

    fn is_terminal(&self) -> bool {
        !self.password_stdin && io::stdin().is_terminal()
    }
}

impl Actor {
    /// Whose session administers; none: the host, and the OS account is recorded.
    pub fn token(&self) -> Result<Option<Token>> {
        self.as_me.then(|| token_variable("--as-me")).transpose()
    }
}

/// For an option that needs the token in the environment.
pub fn token_variable(option: &str) -> Result<Token> {
    token_in_environment()?
        .ok_or_else(|| Error::new(SESSION_BAD_ARGUMENT, format!("{option} needs {VARIABLE} in the environment")))
}

/// From the environment, else asked for or read.
pub fn token() -> Result<Token> {
    if let Some(token) = token_in_environment()? {
        return Ok(token);
    }
    let mut bytes = PasswordSource { password_stdin: false }.password("Token: ")?;
    String::from_utf8(std::mem::take(&mut *bytes)).map(|token| Token(Zeroizing::new(token))).map_err(|_| not_text("a token"))
}

fn token_in_environment() -> Result<Option<Token>> {
    match std::env::var(VARIABLE) {
        Ok(token) => Ok(Some(Token(Zeroizing::new(token))).filter(|token| !token.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(not_text(VARIABLE)),
    }
}

fn not_text(what: &str) -> Error {
    Error::new(SESSION_BAD_ARGUMENT, format!("{what} that is not UTF-8"))
}

fn ask(prompt: &str) -> Result<Secret> {
    let typed = rpassword::prompt_password(prompt).map_err(|error| fault("reading the terminal", &error))?;
    Ok(Zeroizing::new(typed.into_bytes()))
}

/// The next line of standard input, without its end.
fn line() -> Result<Secret> {
    // No copy stays behind a reallocation.
    let mut line = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    let mut input = io::stdin().lock().take(MOST_BYTES as u64);
    let read = input.read_until(b'\n', &mut line).map_err(|error| fault("reading standard input", &error))?;
    if read == 0 {
        return Err(Error::new(SESSION_BAD_ARGUMENT, "nothing on standard input, where a secret was expected"));
    }
    for end in [b'\n', b'\r'] {
        line.pop_if(|last| *last == end);
    }
    Ok(line)
}

/// The caller's key: 32 bytes, or 64 hexadecimal digits and perhaps the end of a line.
pub fn key(file: &Path) -> Result<Box<Zeroizing<[u8; 32]>>> {
    let unreadable = |error| Error::new(SESSION_NO_KEY, format!("reading {}: {error}", file.display()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    File::open(file).and_then(|file| file.take(MOST_BYTES as u64).read_to_end(&mut bytes)).map_err(unreadable)?;
    let mut key = Box::new(Zeroizing::new([0; 32]));
    let understood = if bytes.len() == key.len() {
        key.copy_from_slice(&bytes);
        true
    } else {
        hexadecimal(bytes.trim_ascii_end(), &mut key)
    };
    let wrong =
        || Error::new(SESSION_BAD_ARGUMENT, format!("{} holds neither 32 bytes nor 64 hexadecimal digits", file.display()));
    understood.then_some(key).ok_or_else(wrong)
}

fn hexadecimal(digits: &[u8], key: &mut [u8; 32]) -> bool {
    let value = |digit: u8| char::from(digit).to_digit(16);
    digits.len() == 2 * key.len()
        && key.iter_mut().zip(digits.chunks_exact(2)).all(|(byte, pair)| {
            let both = value(pair[0]).zip(value(pair[1]));
            both.inspect(|(high, low)| *byte = (high * 16 + low) as u8).is_some()
        })
}

/// On a terminal a yes; elsewhere `--yes` alone.
pub fn confirm(yes: bool, question: &str) -> Result<()> {
    if yes || (io::stdin().is_terminal() && says_yes(question)?) {
        return Ok(());
    }
    Err(Error::new(SESSION_BAD_ARGUMENT, "not confirmed, nothing was changed; --yes confirms without a question"))
}

fn says_yes(question: &str) -> Result<bool> {
    let terminal = |error| fault("asking on the terminal", &error);
    let mut stderr = io::stderr();
    write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush()).map_err(terminal)?;
    let mut answer = String::new();
    io::stdin().lock().take(MOST_BYTES as u64).read_line(&mut answer).map_err(terminal)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn fault(what: &str, error: &io::Error) -> Error {
    Error::new(SESSION_IO, format!("{what}: {error}"))
}
