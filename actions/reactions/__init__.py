"""The steps of a reaction round: the proposed actions of an opdracht, one by one."""
