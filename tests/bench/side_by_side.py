# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""What the scripts that measure beside peers share: folders, a clean environment, whole processes in turns."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def folder(variable, default):
    return pathlib.Path(os.environ.get(variable, ROOT / default)).resolve()


class Scratch:
    """A temporary folder with cache, data and settings of its own, and the environment that points there. Peers wait for work as they do by default."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ibidem-bench-"))
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(self.path / "cache"), XDG_DATA_HOME=str(self.path / "data"),
                                XDG_CONFIG_HOME=str(self.path / "config"), QT_QPA_PLATFORM="offscreen")
        self.environment.setdefault("IBIDEM_DEPENDENCIES", str(pathlib.Path.home() / ".cache/ibidem/dependencies"))

    def forget(self, *names):
        for name in names:
            shutil.rmtree(self.path / name, ignore_errors=True)

    def close(self):
        shutil.rmtree(self.path)


def run(command, environment):
    """Seconds of a whole process, and what it printed."""
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return elapsed, done.stdout.decode()


def in_turns(contenders, repeat, environment):
    """name -> (command, before or None, figure or None) gives name -> values; `figure` takes a number from what was printed instead of
    the process's seconds. The first turn warms the disk cache and does not count."""
    values = {name: [] for name in contenders}
    for turn in range(repeat + 1):
        for name, (command, before, figure) in contenders.items():
            if before:
                before()
            elapsed, printed = run(command, environment)
            if turn:
                values[name].append(figure(printed) if figure else elapsed)
    return values


def summary(what, values, reference=None):
    line = {"what": what, "median_s": round(statistics.median(values), 4), "min_s": round(min(values), 4), "max_s": round(max(values), 4)}
    if reference:
        line["ratio_to_peer"] = round(line["median_s"] / statistics.median(reference), 3)
    print("  ".join(f"{key} {value}" for key, value in line.items()), flush=True)
    return line


def write(path, repeat, figures):
    if path:
        pathlib.Path(path).write_text(json.dumps({"repeat": repeat, "load1": os.getloadavg()[0], "figures": figures}, indent=2) + "\n")
