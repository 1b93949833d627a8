"""The database below a process became another one: what its numbers are comes in, what to say of it goes out."""

Version = tuple[int, int]  # generation, number
UNKNOWN: Version = (-1, -1)


class Renewed(Exception):
    """The numbers that come next are not those of the database that this process knows: what it remembers was forgotten, try again.

    `restored`: they went back from `known`. Else the projection was rebuilt, or told anew after it had gone back.
    """

    def __init__(self, known: Version, *, restored: bool) -> None:
        super().__init__("the database was restored" if restored else "the projection is another one")
        self.known = known
        self.restored = restored
