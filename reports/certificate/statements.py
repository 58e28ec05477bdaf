"""The sentences that a certificate must say (ISO/IEC 17025, 7.8.2 to 7.8.6), from the run."""

from __future__ import annotations

from collections.abc import Mapping

from bench.metrology.decision import DEFAULT
from bench.results.schema import Run
from bench.results.verdict import Verdict

_TITLES = {"calibrate": "Calibration certificate", "verify": "Verification certificate"}
SCOPE = "These results relate only to the unit named above, in the condition as tested."
UNCERTAINTY = (
    "U is the expanded uncertainty with coverage factor k = 2, a level of confidence of about 95 %."
)
NO_UNCERTAINTY = "No uncertainty was evaluated in this run: the values alone were judged."
NO_STANDARD = "none: the limits are those of the bench description"
_CONFORMITY = {
    Verdict.PASSED: "The unit conforms to the limits stated at all load points listed.",
    Verdict.INCONCLUSIVE: "Conformity cannot be stated: the uncertainty of a result straddles its "
    "limit.",
    Verdict.FAILED: "The unit does not conform: see the reason.",
    Verdict.ABORTED: "No statement of conformity is made: the run did not come to its end.",
    Verdict.ERROR: "No statement of conformity is made: the bench could not do its job.",
}


def statements(run: Run, verdict: Verdict, *, has_uncertainty: bool) -> Mapping[str, str]:
    """Each statement by its name."""
    return {
        "conformity": _CONFORMITY[verdict],
        "decision_rule": run.decision_rule or str(DEFAULT),
        "scope": SCOPE,
        "standard": f"{run.standard} {run.edition}".strip() or NO_STANDARD,
        "title": _TITLES.get(run.procedure, "Certificate"),
        "traceability": _traceability(run),
        "uncertainty": UNCERTAINTY if has_uncertainty else NO_UNCERTAINTY,
    }


def _traceability(run: Run) -> str:
    if run.traceable:
        return (
            "The results are traceable through the calibration certificates of the reference "
            "instruments listed, all within their validity when the measurements were made."
        )
    reasons = []
    if run.seed is not None:
        reasons.append("instruments of this run were simulated")
    late = [item.role for item in run.instruments if item.due and item.due < run.started.date()]
    if late:
        reasons.append(f"past their calibration date were: {', '.join(late)}")
    words = "; ".join(reasons) or "an instrument was simulated or past its calibration date"
    return f"The results are NOT traceable: {words}. They prove nothing about a unit in service."
