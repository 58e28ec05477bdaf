"""SPI towards outside programs: spidev nodes by FUSE, and a socket where FUSE is missing."""
