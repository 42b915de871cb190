using System.Collections.Concurrent;
using Commerce.Messaging.Consumers;
using Npgsql;

namespace Commerce.Messaging.Tests.Support;

/// <summary>What tests tell the handler, and what it tells them.</summary>
public sealed class Instructions
{
    /// <summary>Texts that the handler refuses.</summary>
    public ConcurrentDictionary<string, bool> Poison { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs inside the transaction after the rows were written.</summary>
    public Func<EventBatch, CancellationToken, Task>? BeforeCommit { get; set; }

    /// <summary>Runs when the transaction is committed and nobody but the database knows.</summary>
    public Func<Task>? AfterCommit { get; set; }

    public ConcurrentQueue<int> BatchSizes { get; } = new();
}

/// <summary>Writes what it gets into <c>seen</c>.</summary>
internal sealed class NoteHandler(Instructions instructions) : IEventHandler<Note>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<Note>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        instructions.BatchSizes.Enqueue(events.Count);
        await using var command = new NpgsqlCommand(
            "insert into seen (event_id, subject, number, trace) select * from unnest($1, $2, $3, $4)",
            batch.Connection,
            batch.Transaction
        );
        command.Parameters.AddWithValue(events.Select(e => e.Event.Id).ToArray());
        command.Parameters.AddWithValue(events.Select(e => e.Subject).ToArray());
        command.Parameters.AddWithValue(events.Select(e => e.Input.Number).ToArray());
        command.Parameters.AddWithValue(events.Select(e => e.TraceParent ?? "").ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);

        foreach (var incoming in events)
        {
            var note = incoming.Input;
            if (note.Text is not null && instructions.Poison.ContainsKey(note.Text))
            {
                throw new InvalidOperationException("I do not like " + note.Text);
            }

            if (note.Text == "echo")
            {
                batch.Publish(incoming.Subject, new Echo(note.Number), incoming.Event);
            }
        }

        if (instructions.AfterCommit is { } after)
        {
            batch.AfterCommit(_ => after());
        }

        if (instructions.BeforeCommit is { } action)
        {
            await action(batch, cancellationToken);
        }
    }
}
