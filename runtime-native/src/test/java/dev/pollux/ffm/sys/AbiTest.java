package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AbiTest {

    @Test
    void kernelVersionsCompareByNumber() {
        assertTrue(Abi.isAtLeast("5.11.0-46-generic", 5, 11));
        assertTrue(Abi.isAtLeast("5.15.167.4-microsoft-standard-WSL2", 5, 11));
        assertTrue(Abi.isAtLeast("6.1", 5, 11));
        assertFalse(Abi.isAtLeast("5.4.0-150-generic", 5, 11));
        assertFalse(Abi.isAtLeast("4.18.0-553.el8_10.x86_64", 5, 11));
    }

    @Test
    void unreadableKernelVersionsCountAsOld() {
        assertFalse(Abi.isAtLeast("", 5, 11));
        assertFalse(Abi.isAtLeast("next", 5, 11));
    }
}
