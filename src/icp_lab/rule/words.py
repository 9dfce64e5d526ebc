"""How attributes and bounds are called and written."""

from icp_lab.locale import _


def name_attribute(attribute: str) -> str:
    """Say an attribute's name in the reader's language: known ones through the catalogue, others as they are.

    Parameters
    ----------
    attribute : str
        Name of a column.

    Returns
    -------
    str
        The name without underscores.

    Examples
    --------
    >>> name_attribute("tech_stack"), name_attribute("it_budget_share")
    ('tech stack', 'IT budget share')
    """
    words = attribute.replace("_", " ")
    words = f"IT {words[3:]}" if words.startswith("it ") else words
    return _(words)


def write_number(value: float, attribute: str = "") -> str:
    """Write a bound as a person would: thousands apart, but not in years, and no needless decimals.

    Parameters
    ----------
    value : float
        The bound.
    attribute : str, default ''
        Name of the column that it is about; it tells a year.

    Returns
    -------
    str
        The number as text.

    Examples
    --------
    >>> write_number(1500.0, "employees"), write_number(1998.0, "founded_year"), write_number(0.125)
    ('1,500', '1998', '0.125')
    """
    if value != round(value):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    year = "year" in attribute or (1800 <= value <= 2100 and attribute.endswith(("since", "founded")))
    return f"{value:.0f}" if year and 1800 <= value <= 2100 else f"{value:,.0f}"
