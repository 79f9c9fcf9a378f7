#pragma once

/// The most threads a team has.
enum { limit_team_most = 64 };

/// One thread's share of a piece of work: part `part` of `parts`.
typedef void (*limit_work)(void *context, int part, int parts);

/// Wakes parts - 1 threads, which then spin for work until limit_team_rest. Returns 0, or an error
/// number when a thread cannot be had.
int limit_team_wake(int parts);

/// Runs the work on the caller and every thread that is awake; returns how many parts it had.
int limit_team_run(limit_work work, void *context);

/// Lets the threads sleep, so that they take no core from whatever is measured next.
void limit_team_rest(void);
