"""`jobs doctor`: flows that wait for what cannot come."""

import argparse
from dataclasses import asdict

from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.store.doctor import repair_flows


def _doctor(output: Output, _: argparse.Namespace) -> None:
    findings = repair_flows()
    if output.as_json:
        output.json([asdict(finding) for finding in findings])
        return
    for finding in findings:
        output.say(f"{finding.uid}: {finding.problem}; now {finding.state}")
    if not findings:
        output.say("Every blocked job waits for something that can come.")


DOCTOR = Action("doctor", "Find and repair flows that wait for what cannot come.", "jobs doctor", _doctor)
