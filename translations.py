"""Translate the interface: Simplified Chinese."""

from __future__ import annotations

import bpy

CHINESE = {
    # Buttons and panels
    "Amount": "程度",
    "Analyze": "分析",
    "Analyze Textures": "分析纹理",
    "Analyze textures first": "请先分析纹理",
    "Cancel": "取消",
    "Cancel Job": "取消任务",
    "Choose Style Image": "选择风格图像",
    "Check Worker Python": "检查工作进程 Python",
    "Checking...": "正在检查...",
    "Cluster Map": "聚类图",
    "Compare": "对比",
    "Dendrogram": "树状图",
    "Folder": "文件夹",
    "Groups": "分组",
    "Impasto Style": "Impasto 风格",
    "Jobs": "任务",
    "Left Alone": "未处理",
    "Look Presets": "外观预设",
    "Add Look Preset": "添加外观预设",
    "Mark as Assets": "标记为资产",
    "Merge Groups": "合并分组",
    "More Options": "更多选项",
    "Move to Group": "移到分组",
    "No jobs yet": "还没有任务",
    "Number": "数量",
    "Open Picture": "打开图片",
    "Original": "原图",
    "Output": "输出",
    "Palettes": "色板",
    "Pause": "暂停",
    "Pause Job": "暂停任务",
    "Paused": "已暂停",
    "Preview": "预览",
    "Preview Textures": "预览纹理",
    "Refine": "精炼",
    "Refine Style": "精炼风格",
    "Release Memory": "释放内存",
    "Resume": "继续",
    "Revert": "还原",
    "Revert Textures": "还原纹理",
    "Duplicates": "重复图片",
    "Select Objects": "选择物体",
    "Silhouette": "轮廓系数图",
    "Size and Seed": "尺寸与种子",
    "Split Group": "拆分分组",
    "Style": "风格",
    "Stylize": "风格化",
    "Stylize Textures": "风格化纹理",
    "Textures": "纹理",
    "Textures in Group": "组内纹理",
    "Use for All Groups": "用于所有分组",
    # Families of the built-in styles
    "Bold Paint": "浓重笔触",
    "Flat and Graphic": "平面图形",
    "Gold and Ornament": "金色与纹饰",
    "Ink and Line": "墨线",
    "Light and Air": "光与空气",
    "Old Masters": "古典大师",
    "Public domain": "公有领域",
    # Why a button cannot be pressed
    "A group of one texture cannot be split": "只有一个纹理的分组无法拆分",
    "A job is running; cancel it first": "有任务正在运行；请先取消它",
    "Choose a group first": "请先选择一个分组",
    "Choose a picture as the style first; only pictures are refined": (
        "请先选择一张图片作为风格；只有图片可以精炼"
    ),
    "Choose a style first": "请先选择风格",
    "Choose a style for a group first": "请先为某个分组选择风格",
    "Choose a style for the frames first": "请先为帧选择风格",
    "Choose a texture in the list first": "请先在列表中选择一个纹理",
    "Choose the frames first": "请先选择帧",
    "Draw the style map first": "请先绘制风格图谱",
    "No job is running": "没有正在运行的任务",
    "No texture is restyled yet; press Stylize first": "还没有风格化的纹理；请先点击“风格化”",
    "No worker is running": "没有正在运行的工作进程",
    "Restyle frames first": "请先风格化帧",
    "Select an image or movie strip in the Video Sequencer first": (
        "请先在视频序列编辑器中选择图像或影片片段"
    ),
    "Set Regions to 2 or more first": "请先将“区域”设为 2 或更多",
    "Switch to Object Mode first": "请先切换到物体模式",
    "The scene renders all that is needed already": "场景已会渲染所需的全部内容",
    "The style picture is missing; choose another one": "风格图片不存在；请另选一张",
    "There is no other group to merge with": "没有其他分组可以合并",
    "What learns for a given time is not paused; cancel keeps the best": (
        "按给定时间学习的任务不能暂停；取消会保留最佳结果"
    ),
    "{share}  {time} left": "{share}  剩余 {time}",
    "{job} is running; wait for it or cancel it": "“{job}”正在运行；请等待或取消它",
    # Properties and their choices
    "Active Group": "活动分组",
    "Active Texture": "活动纹理",
    "Agglomerative": "凝聚聚类",
    "All": "全部",
    "All Groups": "所有分组",
    "Algorithm": "算法",
    "Automatic": "自动",
    "Average": "平均",
    "Brush Scale": "笔触大小",
    "Color": "颜色",
    "Color to Material": "颜色到材质",
    "CPU": "CPU",
    "CUDA": "CUDA",
    "DBSCAN": "DBSCAN",
    "Device": "设备",
    "Distance": "距离",
    "Exclude": "排除",
    "Gallery": "图库",
    "Image Files": "图像文件",
    "Into": "目标",
    "K-Means": "K 均值",
    "Keep Color": "保留颜色",
    "Kind": "种类",
    "Largest Side": "最长边",
    "Linkage": "连接方式",
    "Lock": "锁定",
    "Memory Limit": "内存上限",
    "Metal": "Metal",
    "Name": "名称",
    "None": "无",
    "Own Picture": "自选图片",
    "Packed": "打包",
    "Results": "结果",
    "Results Folder": "结果文件夹",
    "Scene": "场景",
    "Scope": "范围",
    "Seconds": "秒数",
    "Seamless": "无缝",
    "Paint Frame": "绘制帧",
    "Propagate": "传播",
    "Painted Frames": "手绘帧",
    "Open a copy of the restyled frame at the playhead, to be painted over in an Image Editor": (
        "打开播放头处已风格化帧的副本，以便在图像编辑器中绘制"
    ),
    "Learn from the painted frames, and carry their look through their shots": (
        "从手绘帧中学习，并将其外观传播到整个镜头"
    ),
    "How long to learn from the painted frames": "从手绘帧中学习的时长",
    "Use Strip": "使用片段",
    "Take the frames from the active image or movie strip of the Video Sequencer": (
        "从视频序列编辑器的活动图像或影片片段获取帧"
    ),
    "Mix and Regions": "混合与区域",
    "Second Style": "第二种风格",
    "Mix": "混合",
    "Regions": "区域",
    "How much of the second style there is; with regions, they take turns instead": (
        "第二种风格所占的比例；使用区域时两种风格轮流使用"
    ),
    (
        "Split each texture into so many regions by how they look: two styles take turns, one "
        "picture gives each region the paint of its own region that suits it best; 0: do not"
    ): "按外观将每个纹理分成若干区域：两种风格轮流使用，单张图片则给每个区域最合适的颜料",
    # Create
    "Create": "创造",
    "Create Material": "创造材质",
    "Invent Style": "创造风格",
    "Draw Style Map": "绘制风格地图",
    "Draw Regions": "绘制区域",
    "Show the regions of the first texture of the active group, and what each is painted with": (
        "显示活动分组第一个纹理的各个区域，以及每个区域使用的颜料"
    ),
    "Pick on Map": "在地图上选取",
    "Another Variation": "另一个变体",
    "New Styles": "新风格",
    "Generator": "生成器",
    "Variations (GAN)": "变体（GAN）",
    "New Looks (VAE)": "新外观（VAE）",
    "Growth (RNN)": "生长（RNN）",
    "Detail": "细节",
    "128": "128",
    "256": "256",
    "512": "512",
    "Width": "宽度",
    "Height": "高度",
    "Morph Steps": "变形步数",
    "Loop Frames": "循环帧数",
    "Damage and Regrow": "损坏并再生",
    "Tear holes at the beginning of the loop, and let the texture grow over them": (
        "在循环开头撕出孔洞，并让纹理将其重新长满"
    ),
    "Invent": "创造",
    "Surprise": "惊喜",
    "Place on the Map": "地图上的位置",
    "Between Two": "两者之间",
    "Other Style": "另一种风格",
    "Share": "比例",
    "Boldness": "大胆程度",
    "Axes": "轴",
    "Again": "再次",
    "Style Map": "风格地图",
    "What invents the texture": "由什么来创造纹理",
    "Endless, seamless variations; several textures morph": "无穷无尽的无缝变体；多个纹理之间可以变形",
    "A texture of the group in looks akin to the group's own": "以与分组相近的外观绘制分组的纹理",
    "A cellular automaton: it grows, and moves in a loop": "元胞自动机：会生长，并可循环运动",
    "How long to fit the generator; cancelling keeps the best so far": (
        "拟合生成器的时长；取消时保留目前最好的结果"
    ),
    "Long side to which larger textures are brought before the generator learns them": (
        "生成器学习之前较大纹理的长边缩小到的像素数"
    ),
    "Coarse: large structures are learned best": "粗略：最适合学习大的结构",
    "As a rule": "一般情况",
    "Fine: for textures without large structures": "精细：适合没有大结构的纹理",
    "Of the new picture": "新图片的尺寸",
    "Pictures that lead from the first texture of the group to the second; 1: none": (
        "从分组的第一个纹理过渡到第二个的图片数；1 表示不过渡"
    ),
    "Pictures of a loop whose end joins its beginning; 0: a still": "首尾相接的循环图片数；0 表示静帧",
    "Where the new style comes from": "新风格的来源",
    "Drawn from the family of the group's style": "从分组风格所属的家族中抽取",
    "The look at a place on the style map": "风格地图上某处的外观",
    "On the way from the group's style to another one": "从分组的风格到另一种风格的途中",
    "Across and down the style map": "风格地图上的横向与纵向位置",
    "A picture, a saved style, or the identifier of a built-in style": (
        "图片、已保存的风格或内置风格的标识"
    ),
    "How far to go to the other style": "向另一种风格靠近的程度",
    "0 is the middle of the family, 1 as varied as the family itself": (
        "0 为家族的中心，1 与家族本身一样多样"
    ),
    "Move along the main axes of all styles": "沿所有风格的主轴移动",
    "Invent a new material out of the textures of the active group": "用活动分组的纹理创造新材质",
    "Draw from the generator that was fitted last, with the seed chosen now": (
        "用上次拟合的生成器和当前种子绘制"
    ),
    "Make a style that nobody painted, and give it to the active group": (
        "创造一种没有人画过的风格，并用于活动分组"
    ),
    "Draw the map of styles on the first texture of the active group, and show it": (
        "用活动分组的第一个纹理绘制风格地图并显示"
    ),
    "Click on the style map to choose a place on it": "点击风格地图以选择其上的位置",
    "Seed": "种子",
    "Selected Objects": "所选物体",
    "Showing Originals": "正在显示原图",
    "Strength": "强度",
    "Style Image": "风格图像",
    "Target": "对象",
    "Threads": "线程",
    "Ward": "Ward",
    "Whole File": "整个文件",
    "Worker Python": "工作进程的 Python",
    # Frames
    "Anchor Interval": "锚点间隔",
    "As Source": "与来源相同",
    "Coherence": "连贯性",
    "Coherence Strength": "连贯强度",
    "Enable Passes": "启用通道",
    "First": "首帧",
    "Format": "格式",
    "Frames": "动画帧",
    "Frames Output": "帧输出",
    "Image Sequence": "图像序列",
    "JPEG": "JPEG",
    "Last": "末帧",
    "Load Frames": "加载帧",
    "Motion": "运动",
    "Movie": "影片",
    "Off": "关闭",
    "OpenEXR": "OpenEXR",
    "Output Folder": "输出文件夹",
    "Overwrite": "覆盖",
    "PNG": "PNG",
    "Place": "位置",
    "Range": "范围",
    "Restyle Frames": "风格化帧",
    "Add to Queue": "加入队列",
    "Run Queue": "运行队列",
    "Clear Queue": "清空队列",
    "The queue is empty": "队列是空的",
    "Restyle these frames, as they are set now, when the jobs before them are done": (
        "按当前设置，在前面的任务完成后风格化这些帧"
    ),
    "Begin the first job of the queue; the others follow": "开始队列中的第一个任务；其余任务依次进行",
    "Take all jobs out of the queue; the one that runs goes on": (
        "清除队列中的所有任务；正在运行的任务继续"
    ),
    "Sequencer": "序列编辑器",
    "Compositor": "合成器",
    "As an Image node in the compositing nodes, for you to link": (
        "作为合成节点中的图像节点，由你自行连接"
    ),
    "Render and Restyle": "渲染并风格化",
    "Press Use Render Output first": "请先点击“使用渲染输出”",
    "Render the frames that are missing, as Blender renders an animation, then restyle all": (
        "按 Blender 渲染动画的方式渲染缺失的帧，然后风格化全部帧"
    ),
    "Color Depth": "颜色深度",
    "Bits of a channel of the restyled frames, as far as their format has them": (
        "风格化后的帧每个通道的位数，以其格式支持为限"
    ),
    "The depth of the frames": "与这些帧的深度相同",
    "8 Bit": "8 位",
    "16 Bit": "16 位",
    "Half Float": "半精度浮点",
    "Float": "浮点",
    "256 levels": "256 级",
    "65536 levels": "65536 级",
    "16 bits, also above 1": "16 位，可大于 1",
    "32 bits, also above 1": "32 位，可大于 1",
    "Source": "来源",
    "Statistics": "统计",
    "Step": "步长",
    "TIFF": "TIFF",
    "Use Render Output": "使用渲染输出",
    "Also write the restyled frames as a movie": "同时将风格化后的帧写成影片",
    "Any frame of the animation, or a movie": "动画的任意一帧，或一部影片",
    "As an image strip in the Video Sequencer": "作为视频序列编辑器中的图像条",
    "As an image, also in the active Image Texture node of the active object": (
        "作为图像，并用于活动物体的活动图像纹理节点"
    ),
    "Every frame by itself": "每一帧单独处理",
    "File format of the restyled frames": "风格化后的帧的文件格式",
    "First frame that is restyled": "要风格化的第一帧",
    "Folder of the restyled frames; empty: beside the folder of the source": (
        "风格化后的帧所在的文件夹；留空则在来源文件夹旁边"
    ),
    "Frames between two that are painted from nothing but themselves": (
        "两个只由自身绘制的帧之间的帧数"
    ),
    "How much of the strokes is carried along": "随运动带走多少笔触",
    "How the frames are tied together": "各帧如何联系在一起",
    "Last frame that is restyled": "要风格化的最后一帧",
    "Load the restyled frames": "加载风格化后的帧",
    "The format of the frames": "这些帧的格式",
    "Lossless, 8 or 16 bit": "无损，8 或 16 位",
    "Lossless, with alpha": "无损，带透明通道",
    "One set of style statistics for each shot": "每个镜头使用一组风格统计",
    "Render to OpenEXR MultiLayer with the Vector and Depth passes, without motion blur": (
        "渲染为带矢量和深度通道的多层 OpenEXR，并关闭运动模糊"
    ),
    "Replace files that lie where frames go": "替换占用帧位置的文件",
    "Restyle every so many frames": "每隔多少帧风格化一次",
    "Restyle only some of the frames": "只风格化部分帧",
    "Restyle the frames; those that an earlier run has finished are skipped": (
        "风格化这些帧；之前已完成的帧会被跳过"
    ),
    "Scene-linear floats": "场景线性浮点",
    "Small, without alpha": "文件小，无透明通道",
    "Strokes follow what moves, by the Vector pass or optical flow": (
        "笔触按矢量通道或光流跟随运动"
    ),
    "Take the frames from where this scene renders them to": "使用此场景渲染输出位置的帧",
    "Where the restyled frames are loaded": "将风格化后的帧加载到何处",
    # Tooltips
    "0 groups by color, 1 by structure and material": "0 按颜色分组，1 按结构和材质分组",
    "Add or remove a preset of the style and its settings": "添加或移除风格及其设置的预设",
    "Mark the restyled materials of this scene as assets, tagged with their styles": (
        "将当前场景中已风格化的材质标记为资产，并以其风格作为标签"
    ),
    "A main color of the group": "该分组的一种主色",
    "A picture, or a saved style, whose look the textures take on": (
        "纹理将采用其外观的图片或已保存的风格"
    ),
    "A Python with torch that does the work, for example one with a CUDA build. "
    "Empty: the Python of Blender": (
        "执行计算的带有 torch 的 Python，例如 CUDA 版本。留空则使用 Blender 自带的 Python"
    ),
    "Always the processor": "始终使用处理器",
    "An NVIDIA GPU (or an AMD GPU with a ROCm torch)": (
        "NVIDIA GPU（或使用 ROCm 版 torch 的 AMD GPU）"
    ),
    "Ask the Python that does the work whether it has all that Impasto needs": (
        "询问执行计算的 Python 是否具备 Impasto 所需的一切"
    ),
    "Built-in styles": "内置风格",
    "How long to refine; cancelling keeps what there is": "精炼的时长；取消时保留已有的结果",
    "Spend some minutes on this style: fit the generator to it on the textures of the group": (
        "在此风格上花几分钟：用该分组的纹理让生成器适应它"
    ),
    "Choose a picture or a saved style whose look the active group takes on": (
        "选择一张图片或已保存的风格，活动分组将采用其外观"
    ),
    "Dense groups of any shape; odd textures stay ungrouped": (
        "任意形状的密集分组；与众不同的纹理不入组"
    ),
    "End the worker process and free its memory; the next job starts a new one": (
        "结束工作进程并释放其内存；下一个任务会启动新的进程"
    ),
    "Every group that has a style and is not excluded": "所有已选风格且未排除的分组",
    "Every restyled texture in the file": "文件中所有已风格化的纹理",
    "Folder for restyled images; // is the folder of the .blend file": (
        "存放风格化图像的文件夹；// 表示 .blend 文件所在的文件夹"
    ),
    "Gigabytes that the worker may use; 0 means what is free when a job starts": (
        "工作进程可用的内存（GB）；0 表示任务开始时的空闲内存"
    ),
    "Give all groups the style and the settings of the active group": (
        "将活动分组的风格和设置用于所有分组"
    ),
    "Group the image textures of the scope by how they look": "按外观对范围内的图像纹理分组",
    "How many threads the worker computes with on the processor; "
    "0 takes all cores but one, which is left to Blender": (
        "工作进程在处理器上使用的线程数；0 表示使用除一个之外的所有核心，留一个给 Blender"
    ),
    "How much of the style is applied; 0 leaves the texture as it is": (
        "风格的应用程度；0 表示纹理保持不变"
    ),
    "How much of the texture's own color is kept; at 1 only the brightness changes": (
        "保留纹理自身颜色的程度；为 1 时只改变明暗"
    ),
    "How textures are grouped": "纹理的分组方式",
    "How the distance between two groups is measured": "两个分组之间距离的度量方式",
    "Identifier of a built-in style, or the path of a picture or style file": (
        "内置风格的标识，或图片、风格文件的路径"
    ),
    "Keep the spread inside each group small": "使每个分组内部的差异尽量小",
    "Keep this group as it is when analyzing again": "再次分析时保持该分组不变",
    "Leave this group out when stylizing all groups": "风格化所有分组时跳过该分组",
    "Leave this image out when stylizing": "风格化时跳过该图像",
    "Let the running job stand still and leave the processor alone, or let it go on": (
        "让正在运行的任务暂停并空出处理器，或让它继续"
    ),
    "Let the textures decide how many groups there are": "由纹理自动决定分组数量",
    "Limit of the longer side of the result; 0 keeps the size of the source": (
        "结果最长边的上限；0 表示保持源图像的尺寸"
    ),
    "Mean distance between the textures of the two groups": "两个分组的纹理之间的平均距离",
    "Merges the most similar textures step by step, as a tree": (
        "逐步合并最相似的纹理，形成树状结构"
    ),
    "Move the texture chosen in the list to another group": "将列表中所选纹理移到另一个分组",
    "Move the textures of the active group from the chosen one on into a new group": (
        "将活动分组中从所选纹理起的全部纹理移到新分组"
    ),
    "Name of the group": "分组的名称",
    "Number from which all that is random follows": "决定一切随机结果的数字",
    "Number of groups": "分组的数量",
    "Pack the restyled images into the .blend file": "将风格化图像打包到 .blend 文件中",
    "Put all textures of the active group into another group": "将活动分组的所有纹理并入另一个分组",
    "Put the original textures back; the restyled image files stay on disk": (
        "恢复原始纹理；风格化图像文件仍保留在磁盘上"
    ),
    "Restyle the textures at a low resolution to judge a style quickly": (
        "以低分辨率风格化纹理，以便快速判断风格"
    ),
    "Restyle the textures of the groups; the originals are kept": "风格化各分组的纹理；原图会保留",
    "Round groups of similar size; a good first choice": "大小相近的紧凑分组；适合作为首选",
    "Select the objects that wear the textures of the active group": "选择使用活动分组纹理的物体",
    "Show a picture of the analysis in an Image Editor": "在图像编辑器中显示分析图片",
    "Size of the style's strokes; 1 is their size in the style's own picture": (
        "风格笔触的大小；1 表示与风格图片中的大小相同"
    ),
    "Stop the running job; textures that are finished are kept": (
        "停止正在运行的任务；已完成的纹理会保留"
    ),
    "Switch the whole scene between its original and its restyled textures": (
        "在整个场景的原始纹理与风格化纹理之间切换"
    ),
    "Textures nearer than this belong together; 0 finds a value": (
        "距离小于此值的纹理归为一组；0 表示自动取值"
    ),
    "Textures of all materials in the file": "文件中所有材质的纹理",
    "Textures of all objects in this scene": "当前场景中所有物体的纹理",
    "Textures of the group chosen in the list": "列表中所选分组的纹理",
    "Textures of the selected objects": "所选物体的纹理",
    "The GPU if the worker's torch can use one, else the CPU": (
        "如果工作进程的 torch 可以使用 GPU 则用 GPU，否则用 CPU"
    ),
    "The GPU of an Apple machine": "苹果电脑的 GPU",
    "The group chosen in the list": "列表中所选的分组",
    "The group that takes the texture": "接收该纹理的分组",
    "The group that takes the textures": "接收这些纹理的分组",
    "The scene shows its original textures for comparison": "场景正在显示原始纹理以供对比",
    "The texture chosen in the list": "列表中所选的纹理",
    "Treat the texture as endlessly repeating: no seam appears when it is tiled": (
        "将纹理视为无限重复：平铺时不会出现接缝"
    ),
    "What the networks run on": "网络运行所用的设备",
    "Where restyled images are kept": "风格化图像的存放位置",
    "Which groups are stylized": "要风格化的分组",
    "Which picture": "要打开的图片",
    "Which textures are put back": "要还原的纹理",
    "Whose textures are analyzed": "要分析的纹理的所属范围",
    "Write image files into the results folder": "将图像文件写入结果文件夹",
}

CONTEXT = "Impasto"
"""Context of words that Blender translates otherwise: it says "Reload" for "Revert"."""

_CONTEXTS = ("*", "Operator", CONTEXT)
"""Contexts that labels are looked up in: operators have one of their own."""


def tip(text: str) -> str:
    """Translate a sentence of a tooltip; Blender itself does not translate messages of polls."""
    return bpy.app.translations.pgettext_tip(text)


def register() -> None:
    table = {(context, word): said for word, said in CHINESE.items() for context in _CONTEXTS}
    bpy.app.translations.register(__package__, {"zh_HANS": table})


def unregister() -> None:
    bpy.app.translations.unregister(__package__)
