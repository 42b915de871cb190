using Commerce.Bench.Circuits;

// `./commerce bench <what> …` calls this with a platform running.
return args switch
{
    ["circuits", .. var rest] => await CircuitsBench.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("bench circuits [--count 200] [--path /fruits] [--home DIR]");
    return 2;
}
