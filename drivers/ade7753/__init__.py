"""ADE7753 single-phase energy-metering chip: register table, register access, driver."""
