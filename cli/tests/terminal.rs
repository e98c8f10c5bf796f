//! At a real terminal: prompts that hide what is typed, and questions.
#![cfg(unix)]

mod support;

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use std::os::fd::AsRawFd;
use std::process::Command;
use std::time::{Duration, Instant};
use support::{Desk, OTHER, PASSWORD};

const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The program at a terminal that shows what is typed, as terminals do.
fn at_terminal(desk: &Desk, args: &[&str]) -> PtySession {
    let ours = desk.command(args);
    let mut command = Command::new("sh");
    command.args(["-c", "stty echo && exec \"$0\" \"$@\""]).arg(ours.get_program()).args(ours.get_args());
    command.current_dir(ours.get_current_dir().unwrap());
    for (name, value) in ours.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    spawn_command(command, Some(TIME_LIMIT.as_millis() as u64)).expect("a terminal")
}

fn echoes(session: &PtySession) -> bool {
    let terminal = session.process().get_file_handle().expect("the terminal");
    // SAFETY: all zero is a termios, and tcgetattr writes no more than one.
    let settings = unsafe {
        let mut settings: libc::termios = std::mem::zeroed();
        assert_eq!(libc::tcgetattr(terminal.as_raw_fd(), &mut settings), 0);
        settings
    };
    settings.c_lflag & libc::ECHO != 0
}

/// Types after a prompt, once what is typed is hidden; it has to become so.
fn type_hidden(session: &mut PtySession, prompt: &str, secret: &str) {
    let before = session.exp_string(prompt).expect(prompt);
    assert!(!before.contains(PASSWORD) && !before.contains(OTHER), "{before}");
    let begun = Instant::now();
    while echoes(session) {
        assert!(begun.elapsed() < TIME_LIMIT, "what is typed after {prompt:?} is shown");
        std::thread::yield_now();
    }
    session.send_line(secret).expect("typing");
}

/// What it still said, and its exit code.
fn end(mut session: PtySession) -> (String, i32) {
    let said = session.exp_eof().expect("its end");
    match session.process().wait().expect("its exit code") {
        WaitStatus::Exited(_, code) => (said, code),
        other => panic!("{other:?}: {said}"),
    }
}

#[test]
fn passwords_are_asked_for_and_hidden() {
    let (desk, _) = Desk::with_anna();
    let mut session = at_terminal(&desk, &["login", "anna müller"]);
    type_hidden(&mut session, "Password: ", PASSWORD);
    let (said, code) = end(session);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("ds1_") && !said.contains(PASSWORD), "{said}");
}

#[test]
fn new_passwords_are_asked_for_twice() {
    let (desk, _) = Desk::with_anna();
    let change = |again: &str| {
        let mut session = at_terminal(&desk, &["password", "change", "anna müller"]);
        type_hidden(&mut session, "Old password or one-time code: ", PASSWORD);
        type_hidden(&mut session, "New password: ", OTHER);
        type_hidden(&mut session, "The same again: ", again);
        end(session)
    };
    let (said, code) = change(PASSWORD);
    assert!(code == 2 && said.contains("differ"), "{said}");
    assert_eq!(desk.run(&["login", "anna müller"], PASSWORD).code, 0);
    let (said, code) = change(OTHER);
    assert!(code == 0 && !said.contains(OTHER), "{said}");
    assert_eq!(desk.run(&["login", "anna müller"], OTHER).code, 0);
}

#[test]
fn deleting_is_asked_about() {
    let desk = Desk::new();
    desk.run(&["user", "add", "anna"], PASSWORD).out();
    let delete = |answer: &str| {
        let mut session = at_terminal(&desk, &["user", "delete", "anna"]);
        session.exp_string("Delete user anna for good? [y/N] ").expect("a question");
        session.send_line(answer).expect("typing");
        end(session).1
    };
    assert_eq!((delete(""), delete("n"), delete("yes please")), (2, 2, 2));
    assert_eq!(desk.json(&["user", "list"], "")["users"].as_array().unwrap().len(), 1);
    assert_eq!(delete("y"), 0);
    assert_eq!(desk.json(&["user", "list"], "")["users"].as_array().unwrap().len(), 0);
}
