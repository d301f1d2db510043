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
            description: "Frame range, without gaps: 1-250",
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
            key: "movie", type: "bool", default: true, required: true,
            description: "Assemble a movie from the frames",
        },
        { key: "fps", type: "float", default: 24.0, eval: "C.scene.render.fps / C.scene.render.fps_base" },
    ],
};

function impasto(name, type, args) {
    const task = author.Task(name, type);
    task.addCommand(author.Command("exec", {
        exe: "{blender}",
        args: ["--background", "--command", "impasto", "frames"].concat(args),
    }));
    return task;
}

function compileJob(job) {
    const settings = job.settings;
    const shots = `${settings.output}/shots.json`;
    const bounds = settings.frames.split("-");
    const look = [
        settings.source,
        "--style", settings.style,
        "--engine", settings.engine,
        "--strength", String(settings.strength),
        "--coherence", settings.coherence,
        "--chunk", String(settings.chunk_size),
        "--first", bounds[0],
        "--last", bounds[bounds.length - 1],
        "--overwrite",
    ];

    const prepare = impasto("prepare", "misc", ["prepare"].concat(look, ["--shots", shots]));
    job.addTask(prepare);

    const restyled = frameChunker(settings.frames, settings.chunk_size).map((chunk) => {
        const task = impasto(`restyle-${chunk}`, "blender", ["run"].concat(look, [
            "--shots", shots, "--only", chunk, "--out", settings.output,
        ]));
        task.addDependency(prepare);
        job.addTask(task);
        return task;
    });

    if (settings.movie) {
        const assemble = impasto("assemble", "misc", [
            "assemble", settings.output,
            "--movie", `${settings.output}/movie.mp4`,
            "--fps", String(settings.fps),
            "--overwrite",
        ]);
        restyled.forEach((task) => assemble.addDependency(task));
        job.addTask(assemble);
    }
}
