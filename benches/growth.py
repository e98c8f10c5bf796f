#!/usr/bin/env python3
"""Verify and open from 10^2 to 10^6 sessions, as a table and as docs/growth.svg: benches/run.sh growth

    growth.py BENCHES    the folder of the built benches

Four sessions a user. ROUNDS (7) and MOST (1000000) choose less.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BENCHES = pathlib.Path(sys.argv[1])
PICTURE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "growth.svg"
ROUNDS = os.environ.get("ROUNDS", "7")
MOST = int(os.environ.get("MOST", "1000000"))
NUMBER = r"\s+([\d.]+)"
FIELDS = {
    "cold": r"^cold" + NUMBER,
    "warm": r"^warm" + NUMBER,
    "peer": r"^cold" + 3 * NUMBER,
    "hmac": r"one HMAC" + NUMBER,
    "walk": r"one B-tree" + NUMBER,
    "open": r"^open" + NUMBER,
    "peer open": r"^open" + 2 * NUMBER,
}


def run(*command):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def measure(sessions):
    with tempfile.TemporaryDirectory(prefix="desksession-growth.") as folder:
        data = pathlib.Path(folder, "data")
        data.mkdir(mode=0o700)
        os.environ["XDG_DATA_HOME"] = str(data)
        store, tokens = pathlib.Path(folder, "store"), pathlib.Path(folder, "tokens")
        run(BENCHES / "fill", store, max(1, sessions // 4), sessions, 0, tokens)
        text = run(BENCHES / "verify", store, tokens, ROUNDS) + run(BENCHES / "open", store, ROUNDS)
    return {name: float(re.search(pattern, text, re.M).groups()[-1]) for name, pattern in FIELDS.items()}


# --- the picture: two panels, sessions to the right in powers of ten

WIDTH, HEIGHT, LEFT, TOP, GAP = 420, 260, 60, 40, 90
COLORS = {"cold": "#1f6feb", "warm": "#2da44e", "peer": "#8b8b8b", "floor": "#bf8700", "open": "#1f6feb", "peer open": "#8b8b8b"}

DASHED = {"peer", "peer open", "floor"}


def panel(number, title, curves, sizes):
    """curves: (name, label, values)"""
    left = LEFT + number * (WIDTH + GAP)
    most = max(max(values) for _, _, values in curves) * 1.15
    step = next(step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if most / step <= 8)

    def place(at, value):
        return left + WIDTH * at / max(1, len(sizes) - 1), TOP + HEIGHT * (1 - value / most)

    yield f'<text x="{left}" y="{TOP - 14}" font-weight="bold">{title}</text>'
    for line in range(int(most / step) + 1):
        y = place(0, line * step)[1]
        yield f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="#8886" stroke-width="0.5"/>'
        yield f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{line * step:g}</text>'
    for at, size in enumerate(sizes):
        x = place(at, 0)[0]
        yield f'<text x="{x:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{size:,}</text>'
    for name, label, values in curves:
        points = [place(at, value) for at, value in enumerate(values)]
        dashes = ' stroke-dasharray="4 3"' if name in DASHED else ""
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polyline points="{line}" fill="none" stroke="{COLORS[name]}" stroke-width="2"{dashes}/>'
        for x, y in points:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLORS[name]}"/>'
    for row, (name, label, _) in enumerate(curves):
        dashes = ' stroke-dasharray="4 3"' if name in DASHED else ""
        y = TOP + HEIGHT + 44 + 18 * row
        yield f'<line x1="{left}" y1="{y - 4}" x2="{left + 30}" y2="{y - 4}" stroke="{COLORS[name]}" stroke-width="2"{dashes}/>'
        yield f'<text x="{left + 38}" y="{y}">{label}</text>'


def draw(sizes, rows):
    def column(name):
        return [row[name] for row in rows]

    verify = [
        ("cold", "session_verify, first time", column("cold")),
        ("peer", "hand-written C", column("peer")),
        ("floor", "floor: one HMAC, one B-tree walk", [row["hmac"] + row["walk"] for row in rows]),
        ("warm", "session_verify, seen before", column("warm")),
    ]
    opening = [("open", "session_open", column("open")), ("peer open", "bare SQLite", column("peer open"))]
    width, height = LEFT + 2 * WIDTH + GAP + 40, TOP + HEIGHT + 120
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#777">',
        "<title>session_verify and session_open from 100 to 1,000,000 sessions</title>",
        *panel(0, "Microseconds a verify, p50, by sessions in the store", verify, sizes),
        *panel(1, "Microseconds an opening, p50, by sessions in the store", opening, sizes),
        "</svg>",
    ]
    PICTURE.write_text("\n".join(lines) + "\n")


def main():
    sizes = [size for size in (10**power for power in range(2, 7)) if size <= MOST]
    rows = []
    print("  sessions   warm   cold   peer   HMAC   walk |   open   peer (microseconds, p50)")
    for size in sizes:
        row = measure(size)
        rows.append(row)
        print(f"{size:10} {row['warm']:6.2f} {row['cold']:6.2f} {row['peer']:6.2f} {row['hmac']:6.2f} {row['walk']:6.2f} |"
              f" {row['open']:6.0f} {row['peer open']:6.0f}", flush=True)
    draw(sizes, rows)


if __name__ == "__main__":
    main()
