"""Whose turn each block of a file is, where several processes read the same file side by side."""

from dataclasses import dataclass


@dataclass
class Turns:
    """Counts a file's blocks; of `share` (k, n), the k-th of each n, from 0, are this reader's."""

    share: tuple[int, int] = (0, 1)
    index: int = 0

    @property
    def mine(self) -> bool:
        """Whether the next block is this reader's."""
        return self.index % self.share[1] == self.share[0]

    def take(self) -> bool:
        """The same, and the turn passes on."""
        mine = self.mine
        self.index += 1
        return mine
