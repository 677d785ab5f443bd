"""The virtual air: controllers that the kernel sees, peripherals and advertisers, on one bumble link."""
