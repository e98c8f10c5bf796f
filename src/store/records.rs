//! The rows: their columns in order, which is also the order in which the MAC takes them.

use crate::crypto::mac::{Field, MacKey, Tag};
use crate::policy::items::Policy;
use crate::policy::throttle::Attempts;
use crate::policy::time::{Anchor, Now};
use crate::status::*;
use crate::{Error, Result};
use uuid::Uuid;

/// Of the row encoding; part of every MAC.
const FORMAT: i64 = 1;

/// What a row is decoded from, column after column.
pub trait Columns {
    fn int(&mut self) -> Result<i64>;
    fn blob(&mut self) -> Result<&[u8]>;
    fn text(&mut self) -> Result<String>;
    fn optional_text(&mut self) -> Result<Option<String>>;
    fn bytes(&mut self) -> Result<Vec<u8>> {
        self.blob().map(<[u8]>::to_vec)
    }
}

/// A row of one table. The last two columns of every table are `ext` and `mac`; the first KEYS columns are its key.
pub trait Row: Sized {
    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];
    const KEYS: usize = 1;
    type Fields<'a>: IntoIterator<Item = Field<'a>>
    where
        Self: 'a;
    /// All columns but `mac`.
    fn fields(&self) -> Self::Fields<'_>;
    fn decode(columns: &mut dyn Columns) -> Result<Self>;
    fn ext(&self) -> &[u8];
    #[cfg(feature = "test-hooks")]
    fn ext_mut(&mut self) -> &mut Vec<u8>;

    fn mac(&self, key: &MacKey) -> Tag {
        key.tag([Field::Text(Self::TABLE), Field::Int(FORMAT)].into_iter().chain(self.fields()))
    }
}

/// Extensions: tag (u16, top bit set = critical), length (u16), value; big-endian. This version knows no tag: a critical one
/// makes the row SESSION_NEWER, others are kept as they are.
pub fn check_extensions(mut ext: &[u8]) -> Result<()> {
    while !ext.is_empty() {
        let newer = || Error::new(SESSION_NEWER, "a row carries an extension that this version must not ignore");
        let (head, rest) = ext.split_at_checked(4).ok_or_else(newer)?;
        let tag = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if tag & 0x8000 != 0 || rest.len() < length {
            return Err(newer());
        }
        ext = &rest[length..];
    }
    Ok(())
}

fn uuid(bytes: &[u8]) -> Result<Uuid> {
    Uuid::from_slice(bytes).map_err(|_| Error::new(SESSION_TAMPERED, "an id of the wrong length"))
}

fn optional_uuid(bytes: &[u8]) -> Result<Option<Uuid>> {
    if bytes.is_empty() { Ok(None) } else { uuid(bytes).map(Some) }
}

fn tag(bytes: &[u8]) -> Result<Tag> {
    bytes.try_into().map_err(|_| Error::new(SESSION_TAMPERED, "a hash of the wrong length"))
}

fn boot(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes.try_into().map_err(|_| Error::new(SESSION_TAMPERED, "a boot identity of the wrong length"))
}

fn optional_bytes(id: &Option<Uuid>) -> Field<'_> {
    Field::Bytes(id.as_ref().map_or(&[], |id| id.as_bytes()))
}

macro_rules! extensible {
    () => {
        fn ext(&self) -> &[u8] {
            &self.ext
        }
        #[cfg(feature = "test-hooks")]
        fn ext_mut(&mut self) -> &mut Vec<u8> {
            &mut self.ext
        }
    };
}

/// `Meta::scope`: SESSION_SCOPE_* of the header.
pub const OWN: i64 = 1;
pub const SHARED: i64 = 2;

/// The one row about the store: who it is, where its key lies, trusted time, both ends of the audit chain.
#[derive(Clone, PartialEq, Eq)]
pub struct Meta {
    pub store: Uuid,
    pub key_source: i64,
    pub scope: i64,
    pub created_at: i64,
    pub anchor: Anchor,
    pub first_event: i64,
    /// The link before the first event that is kept.
    pub before_first: Vec<u8>,
    pub last_event: i64,
    pub last_link: Vec<u8>,
    pub ext: Vec<u8>,
}

impl Row for Meta {
    const TABLE: &'static str = "meta";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "store",
        "key_source",
        "scope",
        "created_at",
        "wall",
        "elapsed",
        "boot",
        "mark",
        "set_back",
        "first_event",
        "before_first",
        "last_event",
        "last_link",
        "ext",
    ];
    type Fields<'a> = [Field<'a>; Self::COLUMNS.len()];
    fn fields(&self) -> Self::Fields<'_> {
        use Field::{Bytes, Int};
        let time = &self.anchor;
        [
            Int(1),
            Bytes(self.store.as_bytes()),
            Int(self.key_source),
            Int(self.scope),
            Int(self.created_at),
            Int(time.wall),
            Int(time.elapsed),
            Bytes(&time.boot),
            Int(time.mark),
            Int(time.set_back),
            Int(self.first_event),
            Bytes(&self.before_first),
            Int(self.last_event),
            Bytes(&self.last_link),
            Bytes(&self.ext),
        ]
    }
    fn decode(c: &mut dyn Columns) -> Result<Self> {
        c.int()?;
        Ok(Meta {
            store: uuid(c.blob()?)?,
            key_source: c.int()?,
            scope: c.int()?,
            created_at: c.int()?,
            anchor: Anchor { wall: c.int()?, elapsed: c.int()?, boot: boot(c.blob()?)?, mark: c.int()?, set_back: c.int()? },
            first_event: c.int()?,
            before_first: c.bytes()?,
            last_event: c.int()?,
            last_link: c.bytes()?,
            ext: c.bytes()?,
        })
    }
    extensible!();
}

/// The one row that holds all policy items, so that deleting rows loosens nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyRow {
    pub policy: Policy,
    /// Items that a newer minor version appended; kept.
    pub more: Vec<u8>,
    pub ext: Vec<u8>,
    items: Vec<u8>,
}

impl PolicyRow {
    pub fn new(policy: Policy) -> PolicyRow {
        PolicyRow { items: policy.to_bytes(), policy, more: Vec::new(), ext: Vec::new() }
    }

    pub fn replace(&mut self, policy: Policy) {
        self.items = [policy.to_bytes(), self.more.clone()].concat();
        self.policy = policy;
    }
}

impl Row for PolicyRow {
    const TABLE: &'static str = "policy";
    const COLUMNS: &'static [&'static str] = &["id", "items", "ext"];
    type Fields<'a> = [Field<'a>; Self::COLUMNS.len()];
    fn fields(&self) -> Self::Fields<'_> {
        [Field::Int(1), Field::Bytes(&self.items), Field::Bytes(&self.ext)]
    }
    fn decode(c: &mut dyn Columns) -> Result<Self> {
        c.int()?;
        let items = c.bytes()?;
        let policy =
            Policy::from_bytes(&items).ok_or_else(|| Error::new(SESSION_TAMPERED, "policy items outside their range"))?;
        let more = items[policy.to_bytes().len()..].to_vec();
        Ok(PolicyRow { policy, more, items, ext: c.bytes()? })
    }
    extensible!();
}

pub const ACTIVE: i64 = 0;
pub const DISABLED: i64 = 1;
/// Stays for ever, so that the id never returns; holds nothing else.
pub const DELETED: i64 = 2;

/// Kinds of credentials; `UserRow::kinds` has bit 1 << kind for each that must be there.
pub const PASSWORD: i64 = 0;

#[derive(Clone, PartialEq, Eq)]
pub struct UserRow {
    pub id: Uuid,
    /// `None` for a deleted user: the name is free.
    pub canonical: Option<String>,
    pub name: String,
    pub state: i64,
    pub must_change: i64,
    pub kinds: i64,
    /// Raised whenever all sessions end: a session of another epoch is over, however it was kept out of that ending.
    pub epoch: i64,
    pub permissions: u64,
    pub created_at: i64,
    pub last_login_at: i64,
    pub password_changed_at: i64,
    pub ext: Vec<u8>,
}

impl Row for UserRow {
    const TABLE: &'static str = "users";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "canonical",
        "name",
        "state",
        "must_change",
        "kinds",
        "epoch",
        "permissions",
        "created_at",
        "last_login_at",
        "password_changed_at",
        "ext",
    ];
    type Fields<'a> = [Field<'a>; Self::COLUMNS.len()];
    fn fields(&self) -> Self::Fields<'_> {
        use Field::{Bytes, Int, Text};
        [
            Bytes(self.id.as_bytes()),
            self.canonical.as_deref().map_or(Field::Null, Text),
            Text(&self.name),
            Int(self.state),
            Int(self.must_change),
            Int(self.kinds),
            Int(self.epoch),
            Int(self.permissions as i64),
            Int(self.created_at),
            Int(self.last_login_at),
            Int(self.password_changed_at),
            Bytes(&self.ext),
        ]
    }
    fn decode(c: &mut dyn Columns) -> Result<Self> {
        Ok(UserRow {
            id: uuid(c.blob()?)?,
            canonical: c.optional_text()?,
            name: c.text()?,
            state: c.int()?,
            must_change: c.int()?,
            kinds: c.int()?,
            epoch: c.int()?,
            permissions: c.int()? as u64,
            created_at: c.int()?,
            last_login_at: c.int()?,
            password_changed_at: c.int()?,
            ext: c.bytes()?,
        })
    }
    extensible!();
}

#[derive(Clone, PartialEq, Eq)]
pub struct CredentialRow {
    pub user: Uuid,
    pub kind: i64,
    /// PASSWORD: a PHC string.
    pub secret: String,
    pub changed_at: i64,
    /// 0 = never. A one-time code has a time here.
    pub expires_at: i64,
    /// `Anchor::set_back` when it was made: `expires_at` is on the time line of then.
    pub set_back: i64,
    pub ext: Vec<u8>,
}

impl CredentialRow {
    pub fn expired(&self, now: &Now) -> bool {
        let since_set_back = now.set_back.saturating_sub(self.set_back).max(0);
        self.expires_at != 0 && now.latest.saturating_add(since_set_back) >= self.expires_at
    }
}

impl Row for CredentialRow {
    const TABLE: &'static str = "credentials";
    const COLUMNS: &'static [&'static str] = &["user", "kind", "secret", "changed_at", "expires_at", "set_back", "ext"];
    const KEYS: usize = 2;
    type Fields<'a> = [Field<'a>; Self::COLUMNS.len()];
    fn fields(&self) -> Self::Fields<'_> {
        use Field::{Bytes, Int, Text};
        [
            Bytes(self.user.as_bytes()),
            Int(self.kind),
            Text(&self.secret),
            Int(self.changed_at),
            Int(self.expires_at),
            Int(self.set_back),
            Bytes(&self.ext),
        ]
    }
    fn decode(c: &mut dyn Columns) -> Result<Self> {
        Ok(CredentialRow {
            user: uuid(c.blob()?)?,
            kind: c.int()?,
            secret: c.text()?,
            changed_at: c.int()?,
            expires_at: c.int()?,
            set_back: c.int()?,
            ext: c.bytes()?,
        })
    }
    extensible!();
}

#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub id: Uuid,
    pub user: Uuid,
    /// Of the token.
    pub token_hash: Tag,
    /// The user's, when the session began.
    pub epoch: i64,
    pub remembered: i64,
    pub created_at: i64,
    pub authenticated_at: i64,
    pub last_seen_at: i64,
    pub set_back: i64,
    pub absolute_ms: i64,
    pub idle_ms: i64,
    /// 0 = not ended.
    pub ended_at: i64,
    /// The status that a verify answers once ended.
    pub ended_as: i64,
    pub label: String,
    pub ext: Vec<u8>,
}

impl Row for SessionRow {
    const TABLE: &'static str = "sessions";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "user",
        "token_hash",
        "epoch",
        "remembered",
        "created_at",
        "authenticated_at",
        "last_seen_at",
        "set_back",
        "absolute_ms",
        "idle_ms",
        "ended_at",
        "ended_as",
        "label",
        "ext",
    ];
    type Fields<'a> = [Field<'a>; Self::COLUMNS.len()];
    fn fields(&self) -> Self::Fields<'_> {
        use Field::{Bytes, Int, Text};
        [
            Bytes(self.id.as_bytes()),
            Bytes(self.user.as_bytes()),
            Bytes(&self.token_hash),
            Int(self.epoch),
            Int(self.remembered),
            Int(self.created_at),
            Int(self.authenticated_at),
            Int(self.last_seen_at),
            Int(self.set_back),
            Int(self.absolute_ms),
            Int(self.idle_ms),
            Int(self.ended_at),
            Int(self.ended_as),
            Text(&self.label),
            Bytes(&self.ext),
        ]
    }
    fn decode(c: &mut dyn Columns) -> Result<Self> {
        Ok(SessionRow {
            id: uuid(c.blob()?)?,
            user: uuid(c.blob()?)?,
            token_hash: tag(c.blob()?)?,
            epoch: c.int()?,
            remembered: c.int()?,
            created_at: c.int()?,
            authenticated_at: c.int()?,
            last_seen_at: c.int()?,
            set_back: c.int()?,
            absolute_ms: c.int()?,
            idle_ms: c.int()?,
            ended_at: c.int()?,
            ended_as: c.int()?,
            label: c.text()?,
            ext: c.bytes()?,
        })
    }
    extensible!();
}

/// The throttle of one account: 16 bytes, a user's id; 2 bytes, the keyed hash of a name that no user has.
#[derive(Clone, PartialEq, Eq)]
pub struct AttemptsRow {
    pub account: Vec<u8>,
    pub attempts: Attempts,
    pub ext: Vec<u8>,
}

impl Row for AttemptsRow {
    const TABLE: &'static str = "throttle";
    const COLUMNS: &'static [&'static str] = &["account", "failures", "wait_ms", "at", "elapsed", "boot", "ext"];
    type Fields<'a> = [Field<'a>; Self::COLUMNS.len()];
    fn fields(&self) -> Self::Fields<'_> {
        use Field::{Bytes, Int};
        let attempts = &self.attempts;
        [
            Bytes(&self.account),
            Int(i64::from(attempts.failures)),
            Int(attempts.wait_ms),
            Int(attempts.at),
            Int(attempts.elapsed),
            Bytes(&attempts.boot),
            Bytes(&self.ext),
        ]
    }
    fn decode(c: &mut dyn Columns) -> Result<Self> {
        Ok(AttemptsRow {
            account: c.bytes()?,
            attempts: Attempts {
                failures: u32::try_from(c.int()?).map_err(|_| Error::new(SESSION_TAMPERED, "a count of failures"))?,
                wait_ms: c.int()?,
                at: c.int()?,
                elapsed: c.int()?,
                boot: boot(c.blob()?)?,
            },
            ext: c.bytes()?,
        })
    }
    extensible!();
}

/// What the engine adds to the audit trail; the store gives it its id and its place in the chain.
#[derive(Clone, Copy, Default)]
pub struct NewEvent<'a> {
    pub kind: u32,
    pub at: i64,
    pub actor: Option<Uuid>,
    pub user: Option<Uuid>,
    pub session: Option<Uuid>,
    pub detail: &'a str,
}

/// One event. Its `mac` column is its link: a MAC over the link before it and its fields.
#[derive(Clone, PartialEq, Eq)]
pub struct EventRow {
    pub id: i64,
    pub kind: i64,
    pub at: i64,
    pub actor: Option<Uuid>,
    pub user: Option<Uuid>,
    pub session: Option<Uuid>,
    pub detail: String,
    /// The OS account of the process.
    pub account: String,
    pub ext: Vec<u8>,
    /// SESSION_OK, or why this event cannot be believed.
    pub state: i32,
}

impl EventRow {
    /// In the place of an event that is missing, or is none.
    pub fn unbelievable(id: i64) -> EventRow {
        EventRow {
            id,
            kind: 0,
            at: 0,
            actor: None,
            user: None,
            session: None,
            detail: String::new(),
            account: String::new(),
            ext: Vec::new(),
            state: SESSION_TAMPERED,
        }
    }

    pub fn link(&self, key: &MacKey, before: &[u8]) -> Tag {
        let head = [Field::Text("audit"), Field::Int(FORMAT), Field::Bytes(before)];
        key.tag(head.into_iter().chain(self.fields()))
    }
}

impl Row for EventRow {
    const TABLE: &'static str = "audit";
    const COLUMNS: &'static [&'static str] = &["id", "kind", "at", "actor", "user", "session", "detail", "account", "ext"];
    type Fields<'a> = [Field<'a>; Self::COLUMNS.len()];
    fn fields(&self) -> Self::Fields<'_> {
        use Field::{Bytes, Int, Text};
        [
            Int(self.id),
            Int(self.kind),
            Int(self.at),
            optional_bytes(&self.actor),
            optional_bytes(&self.user),
            optional_bytes(&self.session),
            Text(&self.detail),
            Text(&self.account),
            Bytes(&self.ext),
        ]
    }
    fn decode(c: &mut dyn Columns) -> Result<Self> {
        Ok(EventRow {
            id: c.int()?,
            kind: c.int()?,
            at: c.int()?,
            actor: optional_uuid(c.blob()?)?,
            user: optional_uuid(c.blob()?)?,
            session: optional_uuid(c.blob()?)?,
            detail: c.text()?,
            account: c.text()?,
            ext: c.bytes()?,
            state: SESSION_OK,
        })
    }
    extensible!();
}
