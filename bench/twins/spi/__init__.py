"""SPI towards outside programs: virtual spidev nodes by FUSE, and a socket where FUSE is missing."""
