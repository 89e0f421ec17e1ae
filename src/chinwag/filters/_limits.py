"""Hold the values of filters' options against what they may be."""

from chinwag.errors import UsageError, check_known


def check_least(lowest: float, /, **options: float) -> None:
    """Raise UsageError where an option is less than it may be, with its name."""
    for name, value in options.items():
        if not value >= lowest:
            raise UsageError(f"{name}: {value} is less than {lowest}")


def check_share(**options: float) -> None:
    """Raise UsageError where an option is no share, with its name."""
    for name, value in options.items():
        if not 0 <= value <= 1:
            raise UsageError(f"{name}: {value} is no share, which is from 0 to 1")


def check_order(**limits: tuple[int, int]) -> None:
    """Raise UsageError where the least is above the most, under whose name it stands; a most of 0 is no limit."""
    for name, (least, most) in limits.items():
        if 0 < most < least:
            raise UsageError(f"{name}: {most} is below the least, {least}: nothing would be left")


def dropped(unknown: str) -> bool:
    """Say whether what is not known is to be dropped; raises UsageError where it is neither to be dropped nor kept."""
    check_known([unknown], ("keep", "drop"), "unknown", "choice")
    return unknown == "drop"
