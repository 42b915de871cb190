// Each of these tests starts a whole platform: two at a time would fight for the machine, and for the preferred ports.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
