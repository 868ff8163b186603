"""What KEDA reads of a trigger, for the settings that write one and the rules that judge one."""
