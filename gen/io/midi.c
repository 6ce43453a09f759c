#include "gen/io/midi.h"

#include "gen/base/mathx.h"
#include "gen/io/midi_time.h"

#include <stdlib.h>
#include <string.h>

enum {
  KIT_BANK         = 128,
  KIT_CHANNEL      = 9, ///< Channel 10 as people count.
  N_CHANNELS       = 16,
  N_KEYS           = 128,
  MAX_VALUE        = 127,
  REFERENCE_VOLUME = 110, ///< CC7 of the loudest track.
  PAN_CENTRE       = 64,
  PAN_REACH        = 63,
  CONTROL_STEP     = 3,  ///< CC11 moves by no more,
  CONTROL_MS       = 30, ///< nor more often.
  TITLE_BYTES      = 200,
};

/// Amplitude follows K log10(value / 127) dB for CC7, CC11 and velocity alike
/// in the fonts that were measured.
static const double level_law_db = 40.0;

typedef enum Status {
  NOTE_OFF = 0x80,
  NOTE_ON  = 0x90,
  CONTROL  = 0xb0,
  PROGRAM  = 0xc0,
  META     = 0xff,
} Status;

typedef enum Meta {
  META_TEXT   = 0x01,
  META_NAME   = 0x03,
  META_MARKER = 0x06,
  META_CUE    = 0x07,
  META_PORT   = 0x21,
  META_END    = 0x2f,
  META_TEMPO  = 0x51,
  META_METER  = 0x58,
  META_KEY    = 0x59,
} Meta;

typedef enum Controller {
  CONTROL_BANK_HIGH  = 0,
  CONTROL_VOLUME     = 7,
  CONTROL_PAN        = 10,
  CONTROL_EXPRESSION = 11,
  CONTROL_BANK_LOW   = 32,
} Controller;

/// Anything that happens in a track.
typedef struct Event {
  int64_t tick;
  size_t index; ///< Order among equals.
  uint8_t rank; ///< At one tick notes end before others begin.
  uint8_t status, first, second;
  const char *text; ///< Of a meta event; may hold zero bytes.
  size_t n_text;
} Event;

enum { RANK_OFF, RANK_META, RANK_CONTROL, RANK_ON };

/// Events of one track under way.
typedef struct Lane {
  CsArena *arena;
  Event *events;
  size_t n, capacity;
  bool failed;
} Lane;

/// Where a track plays, and how loud there.
typedef struct Seat {
  int port, channel;
  bool is_mixed; ///< Other programs play on the channel too.
  size_t leader; ///< The track whose program, level and pan the channel has.
} Seat;

typedef struct Writer {
  CsArena *arena;
  const CsPerformance *performance;
  CsMidiTime time;
  int64_t end_tick;
  Seat *seats;
  int n_ports;
  double loudest_db;
  CsText text;
} Writer;

// ---- Events ---------------------------------------------------------------

static void
add(Lane *lane, Event event)
{
  void *events = lane->events;
  if (lane->failed || cs_arena_grow(lane->arena, &events, &lane->capacity,
                          lane->n + 1, sizeof event) != CS_OK) {
    lane->failed = true;
    return;
  }
  lane->events            = events;
  event.index             = lane->n;
  lane->events[lane->n++] = event;
}

static void
add_meta(Lane *lane, int64_t tick, Meta meta, const char *text, size_t n)
{
  const char *copy = cs_arena_copy(lane->arena, text, n);
  if (copy == NULL)
    lane->failed = true;
  else
    add(lane, (Event){.tick = tick,
                  .rank     = RANK_META,
                  .status   = META,
                  .first    = (uint8_t)meta,
                  .text     = copy,
                  .n_text   = n});
}

static void
add_text(Lane *lane, int64_t tick, Meta meta, const char *text)
{
  add_meta(lane, tick, meta, text, strlen(text));
}

static void
add_control(
    Lane *lane, int64_t tick, int channel, Controller controller, int value)
{
  add(lane, (Event){.tick = tick,
                .rank     = RANK_CONTROL,
                .status   = (uint8_t)(CONTROL | channel),
                .first    = (uint8_t)controller,
                .second   = (uint8_t)value});
}

static void
add_program(Lane *lane, int64_t tick, int channel, const CsTrack *track)
{
  add(lane, (Event){.tick = tick,
                .rank     = RANK_CONTROL,
                .status   = (uint8_t)(PROGRAM | channel),
                .first = (uint8_t)cs_clamp_int(track->program, 0, MAX_VALUE)});
}

static int
by_time(const void *a, const void *b)
{
  const Event *x = a, *y = b;
  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

// ---- Bytes ----------------------------------------------------------------

static void
put_number(CsText *text, uint64_t value, int n_bytes)
{
  char bytes[8];
  for (int i = 0; i < n_bytes; i++)
    bytes[i] = (char)(value >> (8 * (n_bytes - 1 - i)) & 0xff);
  cs_text_add_bytes(text, bytes, (size_t)n_bytes);
}

/// Seven bits a byte, the highest first; all but the last are marked.
static void
put_variable(CsText *text, uint64_t value)
{
  int shift = 28;
  while (shift > 0 && value >> shift == 0)
    shift -= 7;
  for (; shift >= 0; shift -= 7)
    put_number(text, (value >> shift & 0x7f) | (shift > 0 ? 0x80 : 0), 1);
}

static void
put_event(CsText *text, const Event *event)
{
  put_number(text, event->status, 1);
  put_number(text, event->first, 1);
  if (event->status == META) {
    put_variable(text, event->n_text);
    cs_text_add_bytes(text, event->text, event->n_text);
  } else if ((event->status & 0xf0) != PROGRAM) {
    put_number(text, event->second, 1);
  }
}

CS_NODISCARD static CsStatus
put_track(Writer *w, Lane *lane)
{
  CsText bytes = cs_text_new(w->arena);
  const char *body;
  int64_t tick = 0;
  add_meta(lane, w->end_tick, META_END, "", 0);
  if (lane->failed)
    return CS_ERR_MEMORY;
  lane->events[lane->n - 1].rank = RANK_ON; // nothing follows it
  qsort(lane->events, lane->n, sizeof *lane->events, by_time);
  for (size_t i = 0; i < lane->n; i++) {
    put_variable(&bytes, (uint64_t)(lane->events[i].tick - tick));
    put_event(&bytes, &lane->events[i]);
    tick = lane->events[i].tick;
  }
  CS_TRY(cs_text_take(&bytes, &body));
  cs_text_add(&w->text, "MTrk");
  put_number(&w->text, bytes.n, 4);
  cs_text_add_bytes(&w->text, body, bytes.n);
  return CS_OK;
}

// ---- The first track ------------------------------------------------------

/// A title on one line, cut between characters.
static const char *
short_title(CsArena *arena, const char *title)
{
  const size_t n = strlen(title);
  size_t at      = 0;
  while (at < n) {
    const size_t length = cs_utf8_decode(title + at, n - at, NULL);
    if (length == 0 || at + length > TITLE_BYTES)
      break;
    at += length;
  }
  char *line =
      cs_arena_printf(arena, "%.*s%s", (int)at, title, at < n ? "..." : "");
  for (char *c = line; c != NULL && *c != '\0'; c++)
    if ((unsigned char)*c < ' ')
      *c = ' ';
  return line;
}

static void
add_tempos(Lane *lane, const CsMidiTime *time)
{
  for (size_t i = 0; i < time->n_tempos; i++) {
    const int64_t us   = time->tempos[i].us_per_quarter;
    const char three[] = {
        (char)(us >> 16 & 0xff), (char)(us >> 8 & 0xff), (char)(us & 0xff)};
    add_meta(lane, time->tempos[i].tick, META_TEMPO, three, sizeof three);
  }
}

static void
add_meter(Lane *lane, int64_t tick, CsMeter meter)
{
  int power = 0;
  while (1 << power < meter.denominator)
    power++;
  const int click   = cs_meter_is_compound(meter) ? 36 : 96 / meter.denominator;
  const char four[] = {
      (char)meter.numerator, (char)power, (char)(click > 0 ? click : 1), 8};
  add_meta(lane, tick, META_METER, four, sizeof four);
}

/// The simplest meter of a bar that is `n_ticks` long, at least roughly.
static CsMeter
meter_of_ticks(int64_t n_ticks)
{
  int denominator = 4;
  int64_t beat    = CS_TICKS_PER_QUARTER;
  while (denominator < 64 && n_ticks % beat != 0) {
    denominator *= 2;
    beat /= 2;
  }
  const int64_t n = (n_ticks + beat / 2) / beat;
  return (CsMeter){(int)(n < 1 ? 1 : n > 255 ? 255 : n), denominator};
}

static void
add_meters(Lane *lane, const Writer *w)
{
  const CsPlan *plan    = w->performance->plan;
  const CsTimeline *t   = w->performance->timeline;
  const int64_t lead_in = w->time.lead_in_ticks;
  const int64_t whole =
      (int64_t)(cs_meter_quarters(plan->meter) * CS_TICKS_PER_QUARTER + 0.5);
  int64_t before = 0;
  if (lead_in > 0) {
    add_meter(lane, 0, meter_of_ticks(lead_in));
    before = lead_in;
  }
  for (int bar = 0; bar < plan->n_bars; bar++) {
    // The last bar lasts for as long as the music rings; that is no meter.
    const bool is_last    = bar == plan->n_bars - 1 && bar > 0;
    const int64_t n_ticks = is_last ? whole : cs_bar_ticks(t, bar);
    if (n_ticks != before || bar == 0)
      add_meter(lane, lead_in + cs_bar_tick(t, bar),
          n_ticks == whole ? plan->meter : meter_of_ticks(n_ticks));
    before = n_ticks;
  }
}

/// Sharps, or flats as negative numbers, as the key's name is spelled. A mode
/// counts as the major or minor key of its tonic: the file knows no other.
static void
add_key(Lane *lane, int64_t tick, CsKey key)
{
  static const signed char letters[] = {['A' - 'A'] = 3,
      ['B' - 'A']                                   = 5,
      ['C' - 'A']                                   = 0,
      ['D' - 'A']                                   = 2,
      ['E' - 'A']                                   = 4,
      ['F' - 'A']                                   = -1,
      ['G' - 'A']                                   = 1};
  const bool is_minor                = cs_mode_is_minor(key.mode);
  const char *name                   = cs_tonic_name(key);
  int sharps = name[0] >= 'A' && name[0] <= 'G' ? letters[name[0] - 'A'] : 0;
  sharps += name[1] == '#' ? 7 : name[1] == 'b' ? -7 : 0;
  sharps -= is_minor ? 3 : 0;
  sharps += sharps > 7 ? -12 : sharps < -7 ? 12 : 0;
  const char two[] = {(char)sharps, is_minor ? 1 : 0};
  add_meta(lane, tick, META_KEY, two, sizeof two);
}

static void
add_keys(Lane *lane, const Writer *w)
{
  const CsPlan *plan = w->performance->plan;
  add_key(lane, 0, plan->key);
  for (size_t i = 0; i < plan->n_key_changes; i++)
    add_key(lane,
        w->time.lead_in_ticks +
            cs_bar_tick(w->performance->timeline, plan->key_changes[i].bar),
        plan->key_changes[i].key);
}

static void
add_markers(Lane *lane, const Writer *w)
{
  const CsPlan *plan = w->performance->plan;
  for (size_t i = 0; i < plan->n_sections; i++)
    add_text(lane,
        w->time.lead_in_ticks +
            cs_bar_tick(w->performance->timeline, plan->sections[i].first_bar),
        META_MARKER, plan->sections[i].name);
  for (size_t i = 0; i < plan->n_hits; i++) {
    const double beat = plan->hits[i].beat * CS_TICKS_PER_QUARTER;
    add_text(lane,
        w->time.lead_in_ticks +
            cs_bar_tick(w->performance->timeline, plan->hits[i].bar) +
            (int64_t)(beat + 0.5),
        META_CUE, "hit");
  }
}

CS_NODISCARD static CsStatus
put_first_track(Writer *w, const char *title)
{
  const CsPlan *plan = w->performance->plan;
  Lane lane          = {.arena = w->arena};
  const char *keys   = NULL;
  CS_TRY(cs_plan_keys_text(w->arena, plan, &keys));
  const char *name  = short_title(w->arena, title);
  const char *about = cs_arena_printf(w->arena, "%s in %s, style %s",
      cs_function_names[plan->function], keys,
      plan->style != NULL ? plan->style : "unnamed");
  CS_TRY_NEW(name);
  CS_TRY_NEW(about);
  add_text(&lane, 0, META_NAME, name);
  add_text(&lane, 0, META_TEXT, about);
  add_tempos(&lane, &w->time);
  add_meters(&lane, w);
  add_keys(&lane, w);
  add_markers(&lane, w);
  return put_track(w, &lane);
}

// ---- Levels ---------------------------------------------------------------

static int
scaled(double value, double db, int least)
{
  const double x = value * cs_pow(10.0, db / level_law_db);
  return cs_clamp_int((int)(x + 0.5), least, MAX_VALUE);
}

static double
largest_gain_db(const CsPlayedTrack *track)
{
  double largest = CS_SILENCE_DB;
  for (size_t i = 0; i < track->n_gains; i++)
    if (track->gains[i].gain_db > largest)
      largest = track->gains[i].gain_db;
  return track->n_gains > 0 ? largest : 0.0;
}

/// Level of a track where its gain curve is highest.
static double
top_db(const CsPlayedTrack *track)
{
  return track->track->level_db + largest_gain_db(track);
}

// ---- Channels -------------------------------------------------------------

static bool
is_kit(const CsTrack *track)
{
  return track->bank == KIT_BANK;
}

static bool
is_same_sound(const CsTrack *a, const CsTrack *b)
{
  return a->bank == b->bank && a->program == b->program;
}

/// The seat of another track of the same program, or of any kit for a kit; NULL
/// when there is none.
static const Seat *
shared_seat(const Writer *w, size_t track)
{
  const CsPlayedTrack *tracks = w->performance->tracks;
  const CsTrack *wanted       = tracks[track].track;
  for (size_t i = 0; i < track; i++)
    if (is_same_sound(tracks[i].track, wanted) ||
        (is_kit(wanted) && is_kit(tracks[i].track)))
      return &w->seats[i];
  return NULL;
}

static int
next_channel(int channel)
{
  return channel + 1 == KIT_CHANNEL ? channel + 2 : channel + 1;
}

/// Give every track a port and a channel. All kits meet on channel 10: many
/// players do not know ports, and there a second kit would replace the first.
/// Others have a channel each while there are enough.
static void
seat_tracks(Writer *w)
{
  const size_t n              = w->performance->n_tracks;
  const CsPlayedTrack *tracks = w->performance->tracks;
  int port = 0, channel = 0;
  size_t n_melodic = 0;
  for (size_t i = 0; i < n; i++)
    n_melodic += !is_kit(tracks[i].track);
  for (size_t i = 0; i < n; i++) {
    const bool kit = is_kit(tracks[i].track);
    const Seat *with =
        kit || n_melodic >= N_CHANNELS ? shared_seat(w, i) : NULL;
    if (with != NULL) {
      w->seats[i] = *with;
    } else if (kit) {
      w->seats[i] = (Seat){.channel = KIT_CHANNEL, .leader = i};
    } else {
      port += channel >= N_CHANNELS;
      channel     = channel >= N_CHANNELS ? 0 : channel;
      w->seats[i] = (Seat){.port = port, .channel = channel, .leader = i};
      channel     = next_channel(channel);
    }
    w->n_ports = port + 1;
  }
}

static bool
share_channel(const Seat *a, const Seat *b)
{
  return a->port == b->port && a->channel == b->channel;
}

/// The loudest of those that share a channel leads it, so that the others need
/// softer velocities and never louder ones.
static void
choose_leaders(Writer *w)
{
  const CsPlayedTrack *tracks = w->performance->tracks;
  const size_t n              = w->performance->n_tracks;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) {
      if (!share_channel(&w->seats[i], &w->seats[k]))
        continue;
      if (top_db(&tracks[k]) > top_db(&tracks[w->seats[i].leader]))
        w->seats[i].leader = k;
      if (!is_same_sound(tracks[i].track, tracks[k].track))
        w->seats[i].is_mixed = true;
    }
}

// ---- Tracks ---------------------------------------------------------------

static int64_t
tick_within(const Writer *w, int64_t frame)
{
  const int64_t last = w->performance->n_frames;
  return cs_midi_tick_of_frame(&w->time, frame < 0      ? 0
                                         : frame > last ? last
                                                        : frame);
}

static void
add_expression(Lane *lane, const Writer *w, int channel, int64_t frame,
    int *value, int now)
{
  if (now == *value)
    return;
  *value = now;
  add_control(lane, tick_within(w, frame), channel, CONTROL_EXPRESSION, now);
}

/// Steps that a line in dB needs for CC11 to move by CONTROL_STEP at most,
/// judged where it moves fastest: at its loud end.
static int64_t
steps_between(
    const Writer *w, const CsGainPoint *from, const CsGainPoint *to, double top)
{
  const double louder =
      from->gain_db > to->gain_db ? from->gain_db : to->gain_db;
  const double change = from->gain_db > to->gain_db
                            ? from->gain_db - to->gain_db
                            : to->gain_db - from->gain_db;
  // d/dx 127 * 10^(x/40) = 127 * ln(10)/40 * 10^(x/40), ln(10) = 2.3026
  const double per_db = MAX_VALUE * 2.302585093 / level_law_db *
                        cs_pow(10.0, (louder - top) / level_law_db);
  const double wanted =
      cs_clamp(change * per_db / CONTROL_STEP + 1.0, 1.0, 1000.0);
  const int64_t room = (to->frame - from->frame) * 1000 /
                       ((int64_t)w->performance->sample_rate * CONTROL_MS);
  return room < (int64_t)wanted ? (room < 1 ? 1 : room) : (int64_t)wanted;
}

static void
add_expressions(
    Lane *lane, const Writer *w, int channel, const CsPlayedTrack *track)
{
  const double top     = largest_gain_db(track);
  const int64_t frames = w->performance->n_frames;
  int value            = -1;
  add_expression(lane, w, channel, 0, &value,
      scaled(MAX_VALUE, cs_track_gain_db(track, 0) - top, 0));
  for (size_t i = 0; i + 1 < track->n_gains; i++) {
    const CsGainPoint *from = &track->gains[i], *to = &track->gains[i + 1];
    const int64_t n = steps_between(w, from, to, top);
    for (int64_t k = 1; k <= n; k++) {
      const double share = (double)k / (double)n;
      const int64_t frame =
          from->frame + (int64_t)(share * (double)(to->frame - from->frame));
      if (frame > 0 && frame <= frames)
        add_expression(lane, w, channel, frame, &value,
            scaled(MAX_VALUE, cs_lerp(from->gain_db, to->gain_db, share) - top,
                0));
    }
  }
}

static void
add_sound(Lane *lane, const Writer *w, const Seat *seat)
{
  const CsPlayedTrack *played = &w->performance->tracks[seat->leader];
  const CsTrack *track        = played->track;
  const int channel           = seat->channel;
  const double pan            = cs_clamp(track->pan, -1.0, 1.0) * PAN_REACH;
  add_control(lane, 0, channel, CONTROL_BANK_HIGH,
      is_kit(track) ? 0 : cs_clamp_int(track->bank, 0, MAX_VALUE));
  add_control(lane, 0, channel, CONTROL_BANK_LOW, 0);
  add_program(lane, 0, channel, track);
  add_control(lane, 0, channel, CONTROL_VOLUME,
      scaled(REFERENCE_VOLUME, top_db(played) - w->loudest_db, 1));
  add_control(lane, 0, channel, CONTROL_PAN,
      PAN_CENTRE + (int)(pan < 0.0 ? pan - 0.5 : pan + 0.5));
  add_expressions(lane, w, channel, played);
}

/// What a note of a track that shares its channel lacks against the leader.
static double
difference_db(const Writer *w, size_t track, int64_t frame)
{
  const CsPlayedTrack *tracks = w->performance->tracks;
  const size_t leader         = w->seats[track].leader;
  if (leader == track)
    return 0.0;
  return tracks[track].track->level_db +
         cs_track_gain_db(&tracks[track], frame) -
         tracks[leader].track->level_db -
         cs_track_gain_db(&tracks[leader], frame);
}

/// A key that is struck while it sounds ends first, or its note-off would end
/// the new note. Struck twice at once it is one note, the louder.
///
/// @return false when the new note is merged into the old one.
static bool
end_sounding(Lane *lane, size_t off, int64_t tick, int velocity)
{
  if (off == 0 || lane->events[off - 1].tick <= tick)
    return true;
  Event *end = &lane->events[off - 1], *start = end - 1;
  if (start->tick < tick) {
    end->tick = tick;
    return true;
  }
  if (velocity > start->second)
    start->second = (uint8_t)velocity;
  return false;
}

static void
add_note(Lane *lane, const Writer *w, const CsPlayedNote *note,
    size_t sounding[N_KEYS])
{
  const int channel = w->seats[note->track].channel;
  const int64_t on  = tick_within(w, note->on_frame);
  const int64_t off = tick_within(w, note->off_frame);
  const int velocity =
      scaled(note->velocity, difference_db(w, note->track, note->on_frame), 1);
  const uint8_t key = note->key & MAX_VALUE;
  if (!end_sounding(lane, sounding[key], on, velocity))
    return;
  if (w->seats[note->track].is_mixed)
    add_program(lane, on, channel, w->performance->tracks[note->track].track);
  add(lane, (Event){.tick = on,
                .rank     = RANK_ON,
                .status   = (uint8_t)(NOTE_ON | channel),
                .first    = key,
                .second   = (uint8_t)velocity});
  add(lane, (Event){.tick = off > on ? off : on + 1,
                .rank     = RANK_OFF,
                .status   = (uint8_t)(NOTE_OFF | channel),
                .first    = key,
                .second   = PAN_CENTRE});
  sounding[key] = lane->n;
}

CS_NODISCARD static CsStatus
put_part(Writer *w, size_t track)
{
  const CsPerformance *p  = w->performance;
  const CsTrack *plan     = p->tracks[track].track;
  const Seat *seat        = &w->seats[track];
  Lane lane               = {.arena = w->arena};
  size_t sounding[N_KEYS] = {0}; // index + 1 of the last note-off of a key
  const char *name        = cs_arena_printf(
             w->arena, "%s: %s", cs_role_names[plan->role], plan->instrument);
  CS_TRY_NEW(name);
  add_text(&lane, 0, META_NAME, name);
  if (w->n_ports > 1)
    add_meta(&lane, 0, META_PORT, (const char[]){(char)seat->port}, 1);
  if (seat->leader == track)
    add_sound(&lane, w, seat);
  for (size_t i = 0; i < p->n_notes; i++)
    if (p->notes[i].track == track && p->notes[i].on_frame >= 0 &&
        p->notes[i].on_frame < p->n_frames)
      add_note(&lane, w, &p->notes[i], sounding);
  return put_track(w, &lane);
}

static void
find_end(Writer *w)
{
  // A note of one tick that begins on the last one still ends inside.
  w->end_tick = tick_within(w, w->performance->n_frames) + 1;
}

CsStatus
cs_midi_write(CsArena *arena, const CsPerformance *performance,
    const char *title, const char **bytes, size_t *n_bytes)
{
  Writer w = {.arena = arena,
      .performance   = performance,
      .n_ports       = 1,
      .loudest_db    = CS_SILENCE_DB,
      .text          = cs_text_new(arena)};
  w.seats  = CS_NEW_N(arena, Seat, performance->n_tracks);
  CS_TRY_NEW(w.seats);
  CS_TRY(cs_midi_time_make(arena, performance, &w.time));
  find_end(&w);
  seat_tracks(&w);
  choose_leaders(&w);
  for (size_t i = 0; i < performance->n_tracks; i++)
    if (top_db(&performance->tracks[i]) > w.loudest_db)
      w.loudest_db = top_db(&performance->tracks[i]);
  cs_text_add(&w.text, "MThd");
  put_number(&w.text, 6, 4);
  put_number(&w.text, 1, 2);
  put_number(&w.text, performance->n_tracks + 1, 2);
  put_number(&w.text, CS_TICKS_PER_QUARTER, 2);
  CS_TRY(put_first_track(&w, title != NULL ? title : ""));
  for (size_t i = 0; i < performance->n_tracks; i++)
    CS_TRY(put_part(&w, i));
  CS_TRY(cs_text_take(&w.text, bytes));
  *n_bytes = w.text.n;
  return CS_OK;
}
