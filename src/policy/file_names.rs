//! Which names mean the same file on every system. Windows takes some for devices and streams, and drops the end of others.

/// Names of devices, whatever follows a dot in them (Microsoft, "Naming Files, Paths, and Namespaces").
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// Of names of devices that end in one digit.
const PORTS: [&str; 2] = ["COM", "LPT"];
/// UTF-16 units.
const LONGEST: usize = 255;

/// Why a file or folder cannot have this name, `None` if it can.
pub fn refusal(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if name.contains(|c: char| c.is_ascii_control() || "<>:\"/\\|?*".contains(c)) {
        Some("has a character that no file name may have (control characters and < > : \" / \\ | ? *)")
    } else if name.ends_with(['.', ' ']) {
        Some("ends in a dot or a space")
    } else if is_device(name) {
        Some("is the name of a device")
    } else if name.encode_utf16().count() > LONGEST {
        Some("is longer than 255 characters")
    } else {
        None
    }
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    let port = |port: &&str| {
        let (Some(start), Some(end)) = (stem.get(..port.len()), stem.get(port.len()..)) else { return false };
        let mut rest = end.chars();
        start.eq_ignore_ascii_case(port) && rest.next().is_some_and(|c| "0123456789¹²³".contains(c)) && rest.next().is_none()
    };
    DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) || PORTS.iter().any(port)
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn names_that_mean_something_else_on_windows() {
        for name in
            ["", ".", "..", "a.", "a ", "a:b", "a\0", "a\tb", "a/b", "a\\b", "a?", "CON", "con", "nul.txt", "COM1", "Lpt9.x"]
        {
            assert!(refusal(name).is_some(), "{name:?}");
        }
        for name in ["aux .txt", "COM¹", "conout$", "prn.tar.gz"] {
            assert!(refusal(name).is_some(), "{name:?}");
        }
        assert!(refusal(&"x".repeat(256)).is_some());
        assert!(refusal(&"𐐷".repeat(128)).is_some());
    }

    #[test]
    fn all_others_are_fine() {
        for name in [
            "store",
            ".hidden",
            "a.b",
            " a",
            "console",
            "COM",
            "COM10",
            "lptx",
            "COMé",
            "Müller & Söhne",
            "名前",
            "nul_",
            "auxiliary.d",
        ] {
            assert_eq!(refusal(name), None, "{name:?}");
        }
        assert_eq!(refusal(&"x".repeat(255)), None);
    }
}
