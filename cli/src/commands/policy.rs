//! The policy items of a store.

use crate::args::Policy as Command;
use crate::kinds::{self, Item};
use crate::output::{Report, table};
use crate::units::{duration, duration_text};
use clap::ValueEnum;
use desksession::status::SESSION_BAD_ARGUMENT;
use desksession::{Error, Result, Store};
use serde_json::{Map, Value, json};

pub fn run(store: &Store, command: &Command) -> Result<Report> {
    match command {
        Command::Get { item: Some(item) } => show(store, &[*item]),
        Command::Get { item: None } => show(store, Item::value_variants()),
        Command::Set { item, value, actor } => {
            let token = actor.token()?;
            let value = value_of(*item, value)?;
            store.policy_set(token.as_deref(), *item as u32, value)?;
            show(store, &[*item])
        }
        Command::Preset { preset, actor } => {
            let token = actor.token()?;
            store.policy_preset(token.as_deref(), *preset as u32)?;
            show(store, Item::value_variants())
        }
    }
}

fn show(store: &Store, items: &[Item]) -> Result<Report> {
    let mut rows = Vec::new();
    let mut document = Map::new();
    for item in items {
        let value = store.policy_get(*item as u32)?;
        rows.push(vec![kinds::name(*item), text_of(*item, value), value.to_string()]);
        document.insert(kinds::name(*item), Value::from(value));
    }
    Ok(Report::new(table(&rows), json!({"policy": document})))
}

fn is_time(item: Item) -> bool {
    kinds::name(item).ends_with("-ms")
}

fn value_of(item: Item, text: &str) -> Result<i64> {
    let value = if is_time(item) { duration(text) } else { text.parse().map_err(|_| format!("'{text}' is no number")) };
    value.map_err(|why| Error::new(SESSION_BAD_ARGUMENT, why))
}

fn text_of(item: Item, value: i64) -> String {
    match (item, value) {
        (Item::ThrottleStop, 0) => "never".to_owned(),
        (Item::AuditKeepMs, 0) => "for ever".to_owned(),
        _ if is_time(item) => duration_text(value),
        _ => value.to_string(),
    }
}
