"""Other people's programs, run so that their calls to the vendor reach an emulator."""
