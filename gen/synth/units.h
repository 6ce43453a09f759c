/// The units of a soundfont as the ones that sound is worked out in. Steps of
/// whole cents and whole centibels are FluidSynth's, so that both renderers
/// play alike.
#ifndef CS_GEN_SYNTH_UNITS_H
#define CS_GEN_SYNTH_UNITS_H

/// What an envelope falls by from full level to nothing.
#define CS_RANGE_CENTIBELS 960.0

/// Fill the tables; before any other of these, once or more, by any thread.
void cs_units_prepare(void);

/// Frequency of absolute cents (0 is MIDI key 0, 8.176 Hz), in whole cents.
double cs_hz_of_cents(double cents);

/// The same without steps.
double cs_exact_hz_of_cents(double cents);

/// The same, kept within the range of a filter or a sample's root: 20 Hz to
/// 20 kHz.
double cs_audible_hz_of_cents(double cents);

double cs_s_of_timecents(double timecents);

/// Gain of an attenuation: 1 from 0 down, 0 from 144.1 dB on.
double cs_gain_of_centibels(double centibels);

/// Gain of one side for a pan of -500 (left) .. 500 (right), with constant
/// power.
double cs_pan_gain_left(double pan);
double cs_pan_gain_right(double pan);

/// The curves of the specification (9.5) over 0..127: both go from 0 to 1, the
/// concave one late and the convex one early.
double cs_concave(double x);
double cs_convex(double x);

#endif
