"""How long lambdalint takes, next to cfn-lint, whole processes from start to exit.

Absolute times mean little on another machine, ratios travel. Every figure is the median of runs
that take turns, so that a busy machine disturbs all of them alike. Nothing here ever fails because
a machine is slow: a ratio over its budget is marked, and that is all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final, NamedTuple, TypeAlias

from templates import SMALL, synthesised

BIN: Final = Path(sys.executable).parent
CHECK: Final = (str(BIN / "lambdalint"), "check", "--format", "concise")
CFN_LINT: Final = (str(BIN / "cfn-lint"), "--format", "parseable")
FOLDER: Final = 500

# As installed: an environment that never keeps bytecode would compile our modules again each time.
ENVIRONMENT: Final = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

Command: TypeAlias = Sequence[str]


class Run(NamedTuple):
    """One process: seconds from start to exit, seconds of CPU, and its peak in bytes."""

    wall: float
    cpu: float
    memory: int


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=11, help="runs of each command (11)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        _small(home, rounds)
        _large(home, max(3, rounds // 3))
        _folder(home, max(3, rounds // 2))


def _small(home: Path, rounds: int) -> None:
    template = home / "template.yaml"
    template.write_text(SMALL)
    python = (sys.executable, "-c")
    seen = _race(
        {
            "python -c pass": (*python, "pass"),
            "import lambdalint.cli": (*python, "import lambdalint.cli"),
            "lambdalint check": (*CHECK, str(template)),
            "cfn-lint": (*CFN_LINT, str(template)),
        },
        rounds,
    )
    _table(f"one SAM template of {SMALL.count(chr(10))} lines", seen)
    ours = seen["lambdalint check"].wall
    _ratio("cfn-lint's time", ours / seen["cfn-lint"].wall, 1 / 10)
    _ratio("python -c pass", ours / seen["python -c pass"].wall, 10)
    _ratio("of it to import the CLI", seen["import lambdalint.cli"].wall / ours, 0.6)
    _memory(seen["lambdalint check"])


def _large(home: Path, rounds: int) -> None:
    template = home / "Shop.template.json"
    template.write_text(synthesised(500))
    seen = _race(
        {
            "lambdalint check": (*CHECK, str(template)),
            "cfn-lint": (*CFN_LINT, str(template)),
        },
        rounds,
    )
    _table(f"one synthesised template of {template.stat().st_size // 1000} KB", seen)
    _ratio("cfn-lint's time", seen["lambdalint check"].wall / seen["cfn-lint"].wall, 1 / 40)
    _memory(seen["lambdalint check"])


def _folder(home: Path, rounds: int) -> None:
    folder = home / "services"
    for number in range(FOLDER):
        template = folder / f"service-{number:03}" / "template.yaml"
        template.parent.mkdir(parents=True)
        template.write_text(SMALL.replace("Orders", f"Orders{number}"))
    seen = _race({"lambdalint check": (*CHECK, str(folder))}, rounds)
    _table(f"a folder of {FOLDER} such templates", seen)
    speed = FOLDER / seen["lambdalint check"].wall
    print(f"  {speed:.0f} templates/s, at least 300 wanted{_mark(over=speed < 300)}\n")


def _race(commands: Mapping[str, Command], rounds: int) -> dict[str, Run]:
    """The medians of commands that take turns, after a turn that does not count."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            run = _run(command)
            if turn:
                runs[name].append(run)
    return {
        name: Run(*(median(figures) for figures in zip(*seen, strict=True)))
        for name, seen in runs.items()
    }


def _run(command: Command) -> Run:
    start = perf_counter()
    process = subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    # Findings have an exit status of their own: lambdalint's is 1, cfn-lint's are 2 to 14.
    if process.returncode not in ({*range(15)} if command[0] == CFN_LINT[0] else {0, 1}):
        sys.exit(f"{' '.join(command)} failed: {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def _table(title: str, seen: Mapping[str, Run]) -> None:
    print(title)
    for name, run in seen.items():
        figures = f"{run.wall * 1000:8.0f} ms {run.cpu * 1000:8.0f} ms CPU"
        print(f"  {name:<22}{figures} {run.memory / 1e6:6.0f} MB")


def _ratio(of: str, ratio: float, budget: float) -> None:
    print(f"  {ratio:.3f} × {of}, at most {budget:.3f}{_mark(over=ratio > budget)}")


def _memory(run: Run) -> None:
    print(f"  {run.memory / 1e6:.0f} MB, at most 60{_mark(over=run.memory > 60e6)}\n")


def _mark(*, over: bool) -> str:
    return "  <- over the budget" if over else ""


if __name__ == "__main__":
    main()
