"""All that was measured in one run, in words."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.measure import Result
    from benchmarks.usage import Report

_MEGABYTE = 1_000_000


def in_words(result: Result) -> str:
    command, report, bound = result.command, result.report, result.report.bound
    first = f"{command.first_record - command.started:.1f} s" if command.first_record else "never"
    lines = [
        f"wall {command.wall_seconds:.1f} s, {result.ratio:.2f} times the bound: {bound.least_seconds:.1f} s for the "
        f"{bound.label} requests",
        f"without process start-up {result.sync_seconds:.1f} s, {result.ratio_without_start:.2f} times",
        f"first request after {report.first_request - command.started:.1f} s, first record after {first}",
        "",
        *_labels(report, command.started),
        "",
        "needless: " + _counts({reason: len(found) for reason, found in report.needless.reasons.items()}),
        f"logins: {report.logins}",
        *wrap("errors from Zoom: " + _counts(dict(report.errors.most_common())), 150, subsequent_indent="  "),
        f"CPU {command.cpu_seconds:.1f} s: {_each(command.cpu_seconds, report.requests)} a request, "
        f"{_each(command.cpu_seconds, command.record_count)} a record",
        f"peak memory {command.peak_memory / _MEGABYTE:.0f} MB",
        f"{command.record_count:,} records ({command.printed_bytes / _MEGABYTE:.1f} MB), "
        f"{command.record_count / command.wall_seconds:,.0f} a second",
        *_verdict(result),
    ]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _labels(report: Report, started: float) -> list[str]:
    """A line a label; `first` and `last` are the seconds of its first and last request, `in use` is between them."""
    heads = (
        "requests",
        "distinct",
        "repeated",
        "needless",
        "429",
        "share",
        "limit",
        "bound",
        "first",
        "last",
        "in use",
    )
    lines = ["label   " + "".join(f"{head:>9}" for head in heads)]
    for usage in report.usages.values():
        cells = [
            *(f"{count:,}" for count in (usage.requests, usage.distinct, usage.repeated)),
            *(f"{usage.needless:,}", f"{usage.refused:,}", f"{usage.refused / max(usage.requests, 1):.2%}"),
            *(f"{usage.limit}/s", f"{usage.least_seconds:.1f} s"),
            *(f"{max(moment - started, 0):.1f} s" for moment in (usage.first, usage.last)),
            f"{usage.share_in_use:.1%}",
        ]
        lines.append(f"{usage.label:<8}" + "".join(f"{cell:>9}" for cell in cells))
    return lines


def _verdict(result: Result) -> list[str]:
    if result.is_complete:
        return ["every table has as many records as the account owes"]
    command = result.command
    lines = [f"FAILED, exit code {command.exit_code}"]
    lines += [f"  {table}: {read:,} records, owed {owed:,}" for table, (read, owed) in result.wrong_counts.items()]
    return [
        *lines,
        "  the last lines that are no records:",
        *(f"    {line[:300]}" for line in command.last_lines[-10:]),
    ]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "none"


def _each(seconds: float, count: int) -> str:
    return f"{1000 * seconds / max(count, 1):.2f} ms"
