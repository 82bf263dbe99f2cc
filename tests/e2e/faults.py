"""The two ways in which the end-to-end run ends badly; which one it is decides the exit status."""


class CannotRun(Exception):
    """A tool, the provider mirror or the emulator is missing or broken: exit status 2.

    The text says what is missing and how to get it.
    """


class ProductFault(Exception):
    """What platgen rendered is at fault: exit status 1.

    `str()` of it is a summary of one line; `details` is what an engine or a comparison said.
    """

    def __init__(self, summary: str, details: str = "") -> None:
        super().__init__(summary)
        self.details = details
