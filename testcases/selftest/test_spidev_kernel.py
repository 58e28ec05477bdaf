"""The spidev facts against linux/spi/spidev.h, worked by hand."""

from __future__ import annotations

import ctypes
import struct

import pytest

from drivers.spi import kernel


def test_the_transfer_record_is_32_bytes_with_the_kernels_offsets() -> None:
    # u64 tx_buf, u64 rx_buf, u32 len, u32 speed_hz, u16 delay_usecs, then six u8
    offsets = {name: getattr(kernel.Transfer, name).offset for name, _ in kernel.Transfer._fields_}
    assert offsets == {
        "tx_buf": 0,
        "rx_buf": 8,
        "len": 16,
        "speed_hz": 20,
        "delay_usecs": 24,
        "bits_per_word": 26,
        "cs_change": 27,
        "tx_nbits": 28,
        "rx_nbits": 29,
        "word_delay_usecs": 30,
        "pad": 31,
    }
    assert ctypes.sizeof(kernel.Transfer) == struct.calcsize(kernel.TRANSFER_FORMAT) == 32


def test_ioctl_codes() -> None:
    # _IOW('k', 0, char[32]) = 1 << 30 | 32 << 16 | 6Bh << 8
    assert kernel.message_code(1) == 0x40206B00
    assert kernel.message_code(2) == 0x40406B00
    assert kernel.message_code(511) == 0x7FE06B00
    # _IOR is 2 << 30, _IOW 1 << 30; u8 has size 1, u32 size 4
    assert (kernel.RD_MODE, kernel.WR_MODE) == (0x80016B01, 0x40016B01)
    assert (kernel.RD_LSB_FIRST, kernel.WR_LSB_FIRST) == (0x80016B02, 0x40016B02)
    assert (kernel.RD_BITS_PER_WORD, kernel.WR_BITS_PER_WORD) == (0x80016B03, 0x40016B03)
    assert (kernel.RD_MAX_SPEED_HZ, kernel.WR_MAX_SPEED_HZ) == (0x80046B04, 0x40046B04)
    assert (kernel.RD_MODE32, kernel.WR_MODE32) == (0x80046B05, 0x40046B05)


@pytest.mark.parametrize("count", [0, 512])
def test_a_message_has_1_to_511_transfers(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 511"):
        kernel.message_code(count)
