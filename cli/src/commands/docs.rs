//! What packagers ship: completions and manual pages.

use crate::args::Args;
use crate::output::{Report, clean};
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use desksession::status::SESSION_IO;
use desksession::{Error, Result};
use serde_json::json;
use std::path::Path;

pub fn completions(shell: Shell) -> Result<Report> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "desksession", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let document = json!({"script": script});
    Ok(Report::new(script, document))
}

/// To standard output all pages one after another, as `man -l -` reads them.
pub fn manual(folder: Option<&Path>) -> Result<Report> {
    let Some(folder) = folder else {
        let mut pages = Vec::new();
        let rendered = each_page(|page| page.render(&mut pages));
        rendered.map_err(|error| Error::new(SESSION_IO, error.to_string()))?;
        let pages = String::from_utf8_lossy(&pages).into_owned();
        let document = json!({"pages": pages});
        return Ok(Report::new(pages, document));
    };
    let mut files = Vec::new();
    let written = each_page(|page| page.generate_to(folder).map(|path| files.push(path.to_string_lossy().into_owned())));
    written.map_err(|error| Error::new(SESSION_IO, format!("writing to {}: {error}", folder.display())))?;
    let text = files.iter().map(|file| clean(file)).collect::<Vec<_>>().join("\n");
    Ok(Report::new(text, json!({"files": files})))
}

fn each_page(mut write: impl FnMut(&Man) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut root = Args::command().disable_help_subcommand(true);
    root.build();
    let mut waiting = vec![root];
    while let Some(command) = waiting.pop() {
        let subcommands: Vec<_> = command.get_subcommands().cloned().collect();
        waiting.extend(subcommands.into_iter().rev());
        write(&Man::new(command))?;
    }
    Ok(())
}
