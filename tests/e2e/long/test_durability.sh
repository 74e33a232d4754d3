# test_durability.sh - kill -9 at random moments over thousands of jobs: nothing accepted is lost, nothing
# answered is unrecorded. STORM_JOBS: how many of each kind.
. tests/e2e/storm.sh

test_kill_9_over_thousands_of_jobs_loses_no_job_and_no_record() {
    storm "${STORM_JOBS:-1000}" 25 100000
}
