// SPDX-License-Identifier: GPL-3.0-or-later
// Flamenco job type: restyle a rendered animation with Impasto, in chunks, on all workers.

const JOB_TYPE = {
    label: "Impasto Frames",
    description: "Restyle a rendered animation: prepare once, chunks on all workers, then a movie",
    settings: [
        {
            key: "source", type: "string", subtype: "file_path", required: true,
            description: "Any frame of the animation",
        },
        {
            key: "style", type: "string", required: true,
            description: "A built-in style, a picture, or a saved .impasto style",
        },
        {
            key: "output", type: "string", subtype: "dir_path", required: true,
            description: "Folder of the restyled frames",
        },
        {
            key: "frames", type: "string", required: true,
            eval: "f'{C.scene.frame_start}-{C.scene.frame_end}'",
            description: "Frame range: 1-250, or 1..250",
        },
        {
            key: "chunk_size", type: "int32", default: 24, propargs: { min: 2 }, visible: "submission",
            description: "Frames that a worker takes at a time; anchors lie between chunks",
        },
        {
            key: "engine", type: "string", choices: ["network", "strokes"],
            default: "network", description: "What paints the frames",
        },
        {
            key: "coherence", type: "string", choices: ["motion", "statistics", "off"],
            default: "motion", description: "How the frames are tied together",
        },
        {
            key: "strength", type: "float", default: 1.0, propargs: { min: 0.0, max: 1.0 },
            description: "How much of the style is applied",
        },
        {
            key: "device", type: "string", choices: ["cpu", "cuda", "mps"],
            default: "cpu", visible: "submission",
            description: "The same on all workers, as a GPU's pixels are not quite those of a CPU",
        },
        {
            key: "movie", type: "bool", default: true, required: true,
            description: "Assemble a movie from the frames",
        },
        {
            // Without a default: the expression is only evaluated where there is no value.
            key: "fps", type: "float", eval: "C.scene.render.fps / C.scene.render.fps_base",
            description: "Of the movie; 0: as the frames say, else 24",
        },
    ],
};

// Only the command blender-render reads what Blender prints, for thumbnails and for steps: one for each
// "Time: ..." and "skipping existing frame ...".
function impasto(name, type, args, steps) {
    const task = author.Task(name, type);
    const all = ["--background", "--command", "impasto", "frames"].concat(args);
    task.addCommand(
        steps
            ? author.Command("blender-render", { exe: "{blender}", argsBefore: [], blendfile: "", args: all }, steps)
            : author.Command("exec", { exe: "{blender}", args: all })
    );
    return task;
}

function compileJob(job) {
    const settings = job.settings;
    const shots = `${settings.output}/shots.json`;
    const frames = frameChunker(settings.frames, 1); // whatever the notation: each by itself, in order
    const look = [
        settings.source,
        "--style", settings.style,
        "--engine", settings.engine,
        "--strength", String(settings.strength),
        "--coherence", settings.coherence,
        "--chunk", String(settings.chunk_size),
        "--device", settings.device,
        "--first", frames[0],
        "--last", frames[frames.length - 1],
        "--overwrite",
    ];

    const prepare = impasto("prepare", "misc", ["prepare"].concat(look, ["--shots", shots]));
    job.addTask(prepare);

    const restyled = frameChunker(settings.frames, settings.chunk_size).map((chunk) => {
        const args = ["run"].concat(look, ["--shots", shots, "--only", chunk, "--out", settings.output]);
        const task = impasto(`restyle-${chunk}`, "blender", args, frameChunker(chunk, 1).length);
        task.addDependency(prepare);
        job.addTask(task);
        return task;
    });

    if (settings.movie) {
        const fps = settings.fps ? ["--fps", String(settings.fps)] : [];
        const assemble = impasto("assemble", "misc", [
            "assemble", settings.output,
            "--movie", `${settings.output}/movie.mp4`,
            "--overwrite",
        ].concat(fps));
        restyled.forEach((task) => assemble.addDependency(task));
        job.addTask(assemble);
    }
}
