"""What touches the machine and the network, each part behind one of the protocols in `ratchetry.ports`."""
