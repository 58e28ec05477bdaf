"""Facts of the Linux spidev interface: ioctl codes, the transfer record, mode bits.

Source: include/uapi/linux/spi/spidev.h and include/uapi/asm-generic/ioctl.h of the Linux kernel.
The record has the same layout for 32 and 64 bit programs. (A few processor families, such as MIPS
and PowerPC, number ioctls differently; this is the numbering of x86, ARM and RISC-V.)
"""

from __future__ import annotations

import ctypes


class Transfer(ctypes.Structure):
    """`struct spi_ioc_transfer`: one transfer of a message, 32 bytes.

    `delay_usecs` pass after the last bit, before chip select may change. `cs_change` on any but the
    last transfer raises chip select between this and the next one; on the last transfer it means
    the opposite: chip select stays low after the message.
    """

    _fields_ = (
        ("tx_buf", ctypes.c_uint64),
        ("rx_buf", ctypes.c_uint64),
        ("len", ctypes.c_uint32),
        ("speed_hz", ctypes.c_uint32),
        ("delay_usecs", ctypes.c_uint16),
        ("bits_per_word", ctypes.c_uint8),
        ("cs_change", ctypes.c_uint8),
        ("tx_nbits", ctypes.c_uint8),
        ("rx_nbits", ctypes.c_uint8),
        ("word_delay_usecs", ctypes.c_uint8),
        ("pad", ctypes.c_uint8),
    )


TRANSFER_SIZE = ctypes.sizeof(Transfer)
TRANSFER_FORMAT = "<QQIIHBBBBBB"
"""The same record for `struct`."""

_WRITE, _READ = 1, 2


def _code(direction: int, number: int, size: int) -> int:
    """An ioctl code: direction in bits 31..30, size in 29..16, 'k' in 15..8, number in 7..0."""
    return direction << 30 | size << 16 | ord("k") << 8 | number


def message_code(transfers: int) -> int:
    """SPI_IOC_MESSAGE(transfers); `ValueError` when the code cannot hold so many (1 to 511)."""
    if not 1 <= transfers <= MESSAGE_LIMIT:
        raise ValueError(f"{transfers} transfers in one message: allowed are 1 to {MESSAGE_LIMIT}")
    return _code(_WRITE, 0, transfers * TRANSFER_SIZE)


MESSAGE_LIMIT = ((1 << 14) - 1) // TRANSFER_SIZE
"""Most transfers in one message: the size field of an ioctl code has 14 bits."""

RD_MODE, WR_MODE = _code(_READ, 1, 1), _code(_WRITE, 1, 1)
RD_LSB_FIRST, WR_LSB_FIRST = _code(_READ, 2, 1), _code(_WRITE, 2, 1)
RD_BITS_PER_WORD, WR_BITS_PER_WORD = _code(_READ, 3, 1), _code(_WRITE, 3, 1)
RD_MAX_SPEED_HZ, WR_MAX_SPEED_HZ = _code(_READ, 4, 4), _code(_WRITE, 4, 4)
RD_MODE32, WR_MODE32 = _code(_READ, 5, 4), _code(_WRITE, 5, 4)

SPI_CPHA = 0x01
SPI_CPOL = 0x02
SPI_LSB_FIRST = 0x08

BUFSIZ = 4096
"""Default limit of the bytes in one message (module parameter `bufsiz`)."""
DELAY_LIMIT = 0xFFFF
"""Longest delay after a transfer in microseconds."""
