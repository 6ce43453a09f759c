#include "gen/render/note_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { N_BUCKETS = 1 << 14, N_KEYS = 128 };

typedef struct Entry {
  CsRecording recording; ///< First, so that it leads back to the entry.
  CsNoteName name;
  size_t n_users;
  struct Entry *next;          ///< In its bucket.
  struct Entry *newer, *older; ///< By last use.
} Entry;

typedef struct Preset {
  char *font;
  int sample_rate;
  CsPresetChoice preset;
  CsKeyLayers *keys[N_KEYS]; ///< NULL: nothing is known.
  struct Preset *next;
  uint32_t number;
} Preset;

struct CsNoteStore {
  pthread_mutex_t mutex;
  CsChunks *chunks;
  size_t most_bytes;
  CsNoteStoreUse use;
  Preset *presets; ///< The newest first; numbers count from 1.
  Entry *newest, *oldest;
  Entry *buckets[N_BUCKETS];
};

CsNoteStore *
cs_note_store_new(size_t most_bytes)
{
  CsNoteStore *store = calloc(1, sizeof *store);
  CsChunks *chunks   = cs_chunks_new();
  if (store == NULL || chunks == NULL ||
      pthread_mutex_init(&store->mutex, NULL) != 0) {
    cs_chunks_free(chunks);
    free(store);
    return NULL;
  }
  store->chunks     = chunks;
  store->most_bytes = most_bytes;
  return store;
}

CsChunks *
cs_note_store_chunks(CsNoteStore *store)
{
  return store->chunks;
}

// ---- Presets and what is known of their keys --------------------------------

static bool
is_named(const Preset *p, const CsPresetName *name)
{
  return p->sample_rate == name->sample_rate &&
         p->preset.bank == name->preset.bank &&
         p->preset.program == name->preset.program &&
         !(p->preset.pan < name->preset.pan) &&
         !(p->preset.pan > name->preset.pan) &&
         strcmp(p->font, name->font) == 0;
}

static uint32_t
add_preset(CsNoteStore *store, const CsPresetName *name)
{
  Preset *p = calloc(1, sizeof *p);
  if (p != NULL)
    p->font = strdup(name->font);
  if (p == NULL || p->font == NULL) {
    free(p);
    return 0;
  }
  p->sample_rate = name->sample_rate;
  p->preset      = name->preset;
  p->next        = store->presets;
  p->number      = p->next != NULL ? p->next->number + 1 : 1;
  store->presets = p;
  return p->number;
}

uint32_t
cs_note_store_preset(CsNoteStore *store, const CsPresetName *name)
{
  pthread_mutex_lock(&store->mutex);
  const Preset *p = store->presets;
  while (p != NULL && !is_named(p, name))
    p = p->next;
  const uint32_t number = p != NULL ? p->number : add_preset(store, name);
  pthread_mutex_unlock(&store->mutex);
  return number;
}

/// Each takes what only the other knows.
static void
share_knowledge(CsKeyLayers *a, CsKeyLayers *b)
{
  for (size_t v = 0; v < CS_N_VELOCITIES; v++) {
    if (a->layers[v].velocity == 0)
      a->layers[v] = b->layers[v];
    else
      b->layers[v] = a->layers[v];
  }
  const CsKeyLayers *more = a->n_classes > b->n_classes ? a : b;
  CsKeyLayers *less       = more == a ? b : a;
  memcpy(less->lows, more->lows, sizeof less->lows);
  less->n_classes = more->n_classes;
}

void
cs_note_store_learn(
    CsNoteStore *store, uint32_t preset, int key, CsKeyLayers *layers)
{
  pthread_mutex_lock(&store->mutex);
  Preset *p = store->presets;
  while (p != NULL && p->number != preset)
    p = p->next;
  if (p != NULL && p->keys[key] == NULL)
    p->keys[key] = calloc(1, sizeof *p->keys[key]);
  if (p != NULL && p->keys[key] != NULL)
    share_knowledge(p->keys[key], layers);
  pthread_mutex_unlock(&store->mutex);
}

// ---- Recordings -------------------------------------------------------------

static Entry **
bucket_of(CsNoteStore *store, const CsNoteName *name)
{
  uint64_t h = name->preset;
  h          = h * 0x9e3779b97f4a7c15U + name->key;
  h          = h * 0x9e3779b97f4a7c15U + name->velocity;
  h          = h * 0x9e3779b97f4a7c15U + name->tail_velocity;
  h          = h * 0x9e3779b97f4a7c15U + (uint64_t)name->n_held_frames;
  return &store->buckets[(h ^ h >> 32) % N_BUCKETS];
}

static bool
is_same(const CsNoteName *a, const CsNoteName *b)
{
  return a->preset == b->preset && a->key == b->key &&
         a->velocity == b->velocity && a->tail_velocity == b->tail_velocity &&
         a->n_held_frames == b->n_held_frames;
}

static size_t
bytes_of(const CsRecording *r)
{
  return sizeof(Entry) + cs_recording_bytes(r);
}

static void
unlink_by_use(CsNoteStore *store, Entry *e)
{
  *(e->newer != NULL ? &e->newer->older : &store->newest) = e->older;
  *(e->older != NULL ? &e->older->newer : &store->oldest) = e->newer;
}

static void
put_newest(CsNoteStore *store, Entry *e)
{
  e->newer = NULL;
  e->older = store->newest;
  if (store->newest != NULL)
    store->newest->newer = e;
  else
    store->oldest = e;
  store->newest = e;
}

static void
drop(CsNoteStore *store, Entry *e)
{
  Entry **link = bucket_of(store, &e->name);
  while (*link != e)
    link = &(*link)->next;
  *link = e->next;
  unlink_by_use(store, e);
  store->use.n_bytes -= bytes_of(&e->recording);
  cs_recording_clear(&e->recording);
  free(e);
}

/// @return false when what is in use leaves too little.
static bool
make_room(CsNoteStore *store, size_t n_bytes)
{
  if (n_bytes > store->most_bytes)
    return false;
  for (Entry *e = store->oldest;
       e != NULL && store->use.n_bytes > store->most_bytes - n_bytes;) {
    Entry *newer = e->newer;
    if (e->n_users == 0)
      drop(store, e);
    e = newer;
  }
  return store->use.n_bytes <= store->most_bytes - n_bytes;
}

static Entry *
look_up(CsNoteStore *store, const CsNoteName *name)
{
  Entry *e = *bucket_of(store, name);
  while (e != NULL && !is_same(&e->name, name))
    e = e->next;
  if (e == NULL)
    return NULL;
  e->n_users++;
  unlink_by_use(store, e);
  put_newest(store, e);
  return e;
}

CsRecording *
cs_note_store_find(CsNoteStore *store, const CsNoteName *name)
{
  pthread_mutex_lock(&store->mutex);
  Entry *e = look_up(store, name);
  *(e != NULL ? &store->use.n_found : &store->use.n_missed) += 1;
  pthread_mutex_unlock(&store->mutex);
  return e != NULL ? &e->recording : NULL;
}

static Entry *
add_entry(CsNoteStore *store, const CsNoteName *name, CsRecording recording)
{
  if (name->preset == 0 || !make_room(store, bytes_of(&recording)))
    return NULL;
  Entry *e = calloc(1, sizeof *e);
  if (e == NULL)
    return NULL;
  Entry **bucket = bucket_of(store, name);
  *e             = (Entry){
                  .recording = recording, .name = *name, .n_users = 1, .next = *bucket};
  *bucket = e;
  put_newest(store, e);
  store->use.n_bytes += bytes_of(&recording);
  return e;
}

CsRecording *
cs_note_store_keep(
    CsNoteStore *store, const CsNoteName *name, CsRecording recording)
{
  pthread_mutex_lock(&store->mutex);
  Entry *e = look_up(store, name);
  if (e != NULL && e->recording.n_frames >= recording.n_frames) {
    cs_recording_clear(&recording); // another was faster
  } else if (e != NULL && e->n_users > 1) {
    e->n_users--;
    e = NULL;
  } else {
    if (e != NULL)
      drop(store, e);
    e = add_entry(store, name, recording);
  }
  pthread_mutex_unlock(&store->mutex);
  return e != NULL ? &e->recording : NULL;
}

void
cs_note_store_let_go(CsNoteStore *store, CsRecording *recording)
{
  pthread_mutex_lock(&store->mutex);
  Entry *e = (Entry *)recording; // its first member
  e->n_users--;
  pthread_mutex_unlock(&store->mutex);
}

CsNoteStoreUse
cs_note_store_use(CsNoteStore *store)
{
  pthread_mutex_lock(&store->mutex);
  const CsNoteStoreUse use = store->use;
  pthread_mutex_unlock(&store->mutex);
  return use;
}

void
cs_note_store_free(CsNoteStore *store)
{
  if (store == NULL)
    return;
  while (store->oldest != NULL)
    drop(store, store->oldest);
  for (Preset *p = store->presets, *next; p != NULL; p = next) {
    next = p->next;
    for (size_t k = 0; k < N_KEYS; k++)
      free(p->keys[k]);
    free(p->font);
    free(p);
  }
  pthread_mutex_destroy(&store->mutex);
  cs_chunks_free(store->chunks);
  free(store);
}
