"""The negative profile: what accounts that did not fit have in common, and how far that carries."""

from icp_lab.methods.avoid import Failures
from icp_lab.methods.finding import Finding
from icp_lab.methods.profile import Additions
from icp_lab.views.additions import draw_additions, tell_additions
from icp_lab.views.draft import draw_stability, tell_stability
from icp_lab.views.picture import About, Picture
from icp_lab.views.words import Prose, name, phrase


def tell_failures(failures: Failures) -> Prose:
    """Tell among whom a negative profile is looked for, and who counts as having failed there.

    Parameters
    ----------
    failures : Failures
        Who failed, and against whom they are held.

    Returns
    -------
    Prose
        With the counts of both.

    Examples
    --------
    >>> tell_failures(Failures(("a", "b"), ("c",), "customers", min_signs=2))
    Looked for among customers: 2 that show at least 2 of the signs, against 1 others. Accounts that never bought take
    no part, because not to buy and not to fit are different things.
    """
    return phrase("failed_among", failures.among, n=len(failures.negative), signs=failures.min_signs,
                others=len(failures.others))


def tell_avoid_profile(finding: Finding) -> Prose:
    """Tell what accounts that did not fit have in common, counts before ratios, and how far that carries.

    Parameters
    ----------
    finding : Finding
        The negative profile, whose positive cases are those that did not fit.

    Returns
    -------
    Prose
        Or that there are too few to look for one.

    Examples
    --------
    >>> import pandas as pd
    >>> from icp_lab.methods.avoid import find_avoid
    >>> tell_avoid_profile(find_avoid(pd.DataFrame({"age": [1.0, 2.0]}, index=["a", "b"]), ["a"], ["b"]))
    No negative profile: 2 accounts, 1 of them negative, are too few to look for one (unsupported, carried on as a
    hypothesis).
    """
    verdict = name("verdict", finding.verdict)
    if not finding.covered:
        return phrase("avoided", "nobody", n=finding.n, best=finding.best, verdict=verdict)
    return phrase("avoided", "profile", covered=finding.covered, rule=finding.rule.words(), verdict=verdict,
                  inside=finding.covered_best, rest=finding.n - finding.covered, lift=finding.lift,
                  outside=finding.best - finding.covered_best, interval=(finding.lift_low, finding.lift_high))


def weigh_avoid(finding: Finding, additions: Additions, about: About) -> list[Picture | Prose]:
    """Tell whether another sample would say the same, and what each criterion adds.

    Parameters
    ----------
    finding : Finding
        The negative profile.
    additions : Additions
        What each of its criteria adds.
    about : About
        Day and source, for the foot of the pictures.

    Returns
    -------
    list of Picture or Prose
        Two pictures with what they say; one sentence where no profile is claimed.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from icp_lab.methods.avoid import find_avoid
    >>> few = find_avoid(pd.DataFrame({"age": [1.0, 2.0]}, index=["a", "b"]), ["a"], ["b"])
    >>> weigh_avoid(few, Additions(pd.DataFrame(), few.rule, few.n), About(date(2026, 6, 30), "EUR", "Demo"))
    [No profile to avoid is claimed, so its criteria are not weighed one by one.]
    """
    if finding.verdict == "unsupported":
        return [phrase("nothing", "weighed")]
    return [draw_stability(finding, "failed", about), tell_stability(finding),
            draw_additions(additions, "failed", about), *tell_additions(additions, "failed")]
