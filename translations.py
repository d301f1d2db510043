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
    "Use as Impasto Style": "用作 Impasto 风格",
    "Test External Python": "测试外部 Python",
    "Test": "测试",
    "Checking...": "正在检查...",
    "Cluster Map": "聚类图",
    "Compare": "对比",
    "Dendrogram": "树状图",
    "Folder": "文件夹",
    "Groups": "分组",
    "Impasto Style": "Impasto 风格",
    "Jobs": "任务",
    "Look Presets": "外观预设",
    "Add Look Preset": "添加外观预设",
    "Mark as Assets": "标记为资产",
    "Merge Groups": "合并分组",
    "Advanced": "高级",
    "Move to Group": "移到分组",
    "No jobs yet": "还没有任务",
    "Number": "数量",
    "Open Plot": "打开图表",
    "Show Original": "显示原图",
    "Output": "输出",
    "Palettes": "色板",
    "Pause": "暂停",
    "Pause Job": "暂停任务",
    "Paused": "已暂停",
    "Preview (512 px)": "预览（512 px）",
    "Preview Textures": "预览纹理",
    "Refine": "精炼",
    "Refine Style": "精炼风格",
    "Stop Background Process": "停止后台进程",
    "Resume": "继续",
    "Revert": "还原",
    "Revert Textures": "还原纹理",
    "Duplicates": "重复图片",
    "In Doubt": "存疑",
    "Are {first} and {second} the same?": "{first} 和 {second} 是同一种吗？",
    "and {count} more": "还有 {count} 个",
    "Same": "相同",
    "Different": "不同",
    "Forget Decisions": "忘记决定",
    "1 decision": "1 个决定",
    "{count} decisions": "{count} 个决定",
    "Silhouette {score}": "轮廓系数 {score}",
    "Select Objects": "选择物体",
    "Silhouette": "轮廓系数图",
    "Output Size": "输出尺寸",
    "Split Group": "拆分分组",
    "Style": "风格",
    "Stylize": "风格化",
    "Stylize Textures": "风格化纹理",
    "Textures": "纹理",
    "Members": "成员",
    "Use for All Groups": "用于所有分组",
    # What is active, and layers
    "A color attribute to paint on in Vertex Paint mode": "可在顶点绘制模式中绘制的颜色属性",
    "A custom property of each object, from 0 to 1": "每个物体的自定义属性，从 0 到 1",
    "Active": "活动项",
    "Active Collection": "活动集合",
    "Active Material": "活动材质",
    "Active Node": "活动节点",
    "Active Object": "活动物体",
    "All Users": "所有使用者",
    "An image to paint on in Texture Paint mode": "可在纹理绘制模式中绘制的图像",
    "Apply Layers": "应用图层",
    "Ask": "询问",
    "Ask before anything changes": "在改动之前询问",
    "Choose an image from disk": "从磁盘选择图像",
    "Choose where the painting is seen; elsewhere, the original is": (
        "选择显示绘画的位置；其他位置显示原图"
    ),
    "Color Attribute": "颜色属性",
    "Copy shared materials, so that nothing else changes": "复制共用的材质，使其他物体不变",
    "Every layer in the file": "文件中的所有图层",
    "Give all textures of the target or group the strength and the color of the first layer": (
        "将第一个图层的强度和颜色用于目标或分组的所有纹理"
    ),
    "Image": "图像",
    "Image File...": "图像文件...",
    "Impasto": "Impasto",
    "Keep as Layer": "保留为图层",
    "Lay the painting over the original, to turn strength and color live; else replace the image": (
        "在材质中将绘画叠加在原图之上，以便随时更改其强度和颜色。否则替换图像"
    ),
    "Layers of what is active, or of the active group": "活动项或活动分组的图层",
    "Make Single User": "设为单一使用者",
    "Make one image of original and painting, as exporters need it. Revert restores the original": (
        "将原图和绘画合成为一张图像，供导出使用。“还原”会恢复原图"
    ),
    "Mask": "遮罩",
    "Mask Layer": "图层遮罩",
    "New Image": "新建图像",
    "Nothing is active": "没有活动项",
    "Object Property": "物体属性",
    "Plots": "图表",
    "Preview": "预览",
    "Preview; press Stylize to finish": "预览；点击“风格化”以完成",
    "Click to choose a style": "点击以选择风格",
    "Open Folder": "打开文件夹",
    "Previous": "上一个",
    "Previous Version": "上一版本",
    "Restyle at a low resolution": "以低分辨率风格化",
    "Restyle everything that uses the same materials": "风格化使用相同材质的所有物体",
    "Restyle the textures of what is active, without analyzing; the originals are kept": (
        "无需分析即可风格化活动项的纹理；保留原图"
    ),
    "Shared with Others": "与其他物体共用",
    "Show the result before the last one; press again to return to the last one": (
        "显示上一个结果；再按一次返回最新结果"
    ),
    "Skipped": "已跳过",
    "Style to choose first. Leave empty for the current one": "先选择的风格。留空则使用当前风格",
    "Stylize With": "风格化使用",
    "Stylize with Keep as Layer first": "请先在启用“保留为图层”时风格化",
    "Textures of all objects in the active collection": "活动集合中所有物体的纹理",
    "Textures of the active material slot": "活动材质槽的纹理",
    "Textures of what is active in this editor": "此编辑器中活动项的纹理",
    "Textures of the active object": "活动物体的纹理",
    "The active Image Texture node": "活动的图像纹理节点",
    "The image in this editor": "此编辑器中的图像",
    "The painting is seen everywhere": "到处显示绘画",
    "Use for All Textures": "用于所有纹理",
    "Users": "使用者",
    "What is active in this editor, without groups": "此编辑器中的活动项，不使用分组",
    "What masks the painting": "用什么遮罩绘画",
    "What paints the image": "用什么绘制图像",
    "What this editor points at": "此编辑器所指的内容",
    "What to do if other objects use the same materials": "其他物体使用相同材质时的处理方式",
    "What to stylize": "要风格化的内容",
    "Which layers to apply": "要应用的图层",
    "1 object": "1 个物体",
    "{count} objects": "{count} 个物体",
    "No second style": "没有第二种风格",
    # Families of the built-in styles
    "Bold Paint": "浓重笔触",
    "Media": "画材",
    "Flat and Graphic": "平面图形",
    "Gold and Ornament": "金色与纹饰",
    "Ink and Line": "墨线",
    "Light and Air": "光与空气",
    "Old Masters": "古典大师",
    "Public domain": "公有领域",
    # Why a button cannot be pressed
    "A group of one texture cannot be split": "只有一个纹理的分组无法拆分",
    "{group} is locked; unlock it first": "“{group}”已锁定；请先解锁",
    "No decisions yet; move, merge or split groups to make some": (
        "还没有任何决定；移动、合并或拆分分组即可作出决定"
    ),
    "A job is running; cancel it first": "有任务正在运行；请先取消它",
    "Select a group first": "请先选择一个分组",
    "Choose an image as the style first; only images are refined": (
        "请先选择一张图像作为风格；只有图像可以精炼"
    ),
    "Choose a style first": "请先选择风格",
    "Choose a style for a group first": "请先为某个分组选择风格",
    "Choose a style for the frames first": "请先为帧选择风格",
    "Select a texture in the list first": "请先在列表中选择一个纹理",
    "Choose the frames first": "请先选择帧",
    "Draw the style map first": "请先绘制风格图谱",
    "No job is running": "没有正在运行的任务",
    "No texture is restyled yet; press Stylize first": "还没有风格化的纹理；请先点击“风格化”",
    "No background process is running": "没有正在运行的后台进程",
    "Restyle frames first": "请先风格化帧",
    "Select an image or movie strip in the Video Sequencer first": (
        "请先在视频序列编辑器中选择图像或影片片段"
    ),
    "Set Regions to 2 or more first": "请先将“区域”设为 2 或更多",
    "Switch to Object Mode first": "请先切换到物体模式",
    "The scene already renders all passes that are needed": "场景已会渲染所需的全部通道",
    "The style image is missing; choose another one": "风格图像不存在；请另选一张",
    "There is no other group to merge with": "没有其他分组可以合并",
    "Training cannot be paused. Cancel keeps the best result so far": (
        "训练不能暂停。取消会保留目前最好的结果"
    ),
    "{share}  {time} left": "{share}  剩余 {time}",
    "{job} is running; wait for it or cancel it": "“{job}”正在运行；请等待或取消它",
    # Properties and their choices
    "Active Group": "活动分组",
    "Active Texture": "活动纹理",
    "Step by Step": "逐步合并",
    "All": "全部",
    "All Groups": "所有分组",
    "Grouping": "分组方式",
    "Automatic": "自动",
    "Average": "平均",
    "Brush Scale": "笔触大小",
    "Grain": "颗粒",
    "Engine": "引擎",
    "Network": "网络",
    "Patches for an image of your own, strokes for all other styles": "自选图像用图块，其他风格用笔触",
    "Patches": "图块",
    "Strokes": "笔触",
    "Fineness": "精细度",
    "Direction": "方向",
    "Shapes": "形状",
    "Angle": "角度",
    "Opacity": "不透明度",
    "Jitter": "抖动",
    "Relief": "浮雕",
    "Color": "颜色",
    "Color to Structure": "颜色到结构",
    "CPU": "CPU",
    "CUDA": "CUDA",
    "Dense Clusters": "密集聚类",
    "Device": "设备",
    "Similarity": "相似度",
    "Include": "包含",
    "Image Files": "图像文件",
    "Target Group": "目标分组",
    "Balanced": "均衡",
    "Preserve Color": "保留颜色",
    "Kind": "种类",
    "Max Size": "最大尺寸",
    "Linkage": "连接方式",
    "Lock": "锁定",
    "Memory Limit": "内存上限",
    "Metal": "Metal",
    "Name": "名称",
    "None": "无",
    "No style: leave these textures as they are": "无风格：保持这些纹理不变",
    "Image File": "图像文件",
    "Packed": "打包",
    "Results": "结果",
    "Results Folder": "结果文件夹",
    "Scene": "场景",
    "Scope": "范围",
    "Duration": "时长",
    "Seamless": "无缝",
    "Paint Frame": "绘制帧",
    "Propagate": "传播",
    "Painted Frames": "手绘帧",
    "Open a copy of the restyled frame at the playhead to paint over in an Image Editor": (
        "打开播放头处已风格化帧的副本，以便在图像编辑器中绘制"
    ),
    "Learn from the painted frames, and carry their look through their shots": (
        "从手绘帧中学习，并将其外观传播到整个镜头"
    ),
    "How long to learn from the painted frames, in seconds": "从手绘帧中学习的时长（秒）",
    "Use Strip": "使用片段",
    "Take the frames from the active image or movie strip of the Video Sequencer": (
        "从视频序列编辑器的活动图像或影片片段获取帧"
    ),
    "Blend Styles": "混合风格",
    "Second Style": "第二种风格",
    "Mix": "混合",
    "Regions": "区域",
    "Share of the second style. Ignored when Regions is used": (
        "第二种风格所占的比例。使用“区域”时忽略"
    ),
    "Split each texture into this many regions and style each separately (0 = off)": (
        "将每个纹理分成这么多区域，并分别风格化（0 表示关闭）"
    ),
    "Across Seams": "跨越接缝",
    "Paint on across UV seams, so that they do not show on the mesh": (
        "绘制跨越 UV 接缝，使接缝在网格上不可见"
    ),
    "Paint Ramps": "绘制色带",
    "Also paint color ramps and palettes; otherwise, only their colors are changed": (
        "也在色带和调色板上绘制；否则只改变其颜色"
    ),
    # Create
    "Create": "创造",
    "Create Material": "创造材质",
    "Invent Style": "创造风格",
    "Draw Style Map": "绘制风格地图",
    "Show Regions": "显示区域",
    "Show the regions of the group's first texture, and what each is painted with": (
        "显示分组第一个纹理的各个区域，以及每个区域使用的颜料"
    ),
    "Pick on Map": "在地图上选取",
    "Another Variation": "另一个变体",
    "New Styles": "新风格",
    "Generator": "生成器",
    "Variations": "变体",
    "New Looks": "新外观",
    "Growing Texture": "生长的纹理",
    "Detail": "细节",
    "128": "128",
    "256": "256",
    "512": "512",
    "Width": "宽度",
    "Height": "高度",
    "Morph Steps": "变形步数",
    "Loop Frames": "循环帧数",
    "Damage and Regrow": "损坏并再生",
    "Tear holes at the start of the loop, and let the texture grow over them": (
        "在循环开头撕出孔洞，并让纹理将其重新长满"
    ),
    "Random": "随机",
    "Pick from Map": "从地图选取",
    "Blend": "混合",
    "Other Style": "另一种风格",
    "Share": "比例",
    "Boldness": "大胆程度",
    "Axes": "轴",
    "Style Map": "风格地图",
    "Model that generates the texture": "生成纹理的模型",
    "Seamless variations; two textures can morph": "无缝变体；两个纹理之间可以变形",
    "Restyled variation close to the group's look": "与分组外观相近的风格化变体",
    "Texture that grows, and can move in a loop": "会生长、也可循环运动的纹理",
    "How long to train, in seconds; cancelling keeps the best result so far": (
        "训练的时长（秒）；取消时保留目前最好的结果"
    ),
    "Training resolution": "训练分辨率",
    "Coarse. Best for large structures": "粗略。最适合大的结构",
    "Recommended": "推荐",
    "Fine. For textures without large structures": "精细。适合没有大结构的纹理",
    "Width of the new image": "新图像的宽度",
    "Height of the new image": "新图像的高度",
    "Images from the first texture of the group to the second (1 = no morph)": (
        "从分组的第一个纹理过渡到第二个的图像数（1 表示不过渡）"
    ),
    "Images of a seamless loop (0 = a still image)": "首尾相接的循环图像数（0 表示静帧）",
    "Where the new style comes from": "新风格的来源",
    "Random style from the family of the group's style": "从分组风格所属的家族中随机抽取",
    "The style at a place on the style map": "风格地图上某处的风格",
    "Between the group's style and another one": "介于分组的风格与另一种风格之间",
    "Position on the style map, across and down": "风格地图上的位置（横向与纵向）",
    "Image, saved style (.impasto), or identifier of a built-in style": (
        "图像、已保存的风格（.impasto）或内置风格的标识"
    ),
    "Share of the other style": "另一种风格所占的比例",
    "0 stays at the center of the family, 1 is as varied as the family": (
        "0 停留在家族的中心，1 与家族本身一样多样"
    ),
    "Offsets along the main axes of all styles": "沿所有风格主轴的偏移",
    "Create a material from the textures of the active group": "用活动分组的纹理创造材质",
    "Create another material with the generator that was trained last, with the current seed": (
        "以当前的种子，用上次训练的生成器再创建一个材质"
    ),
    "Create a material first": "请先创建一个材质",
    "This needs torch. Install the full zip, or choose an External Python with torch": (
        "这需要 torch。请安装 full 压缩包，或选择带有 torch 的外部 Python"
    ),
    "Generate a new style for the active group": "为活动分组生成新风格",
    "Show the map of styles, painted on the group's first texture": (
        "显示以分组第一个纹理绘制的风格地图"
    ),
    "Click on the style map to pick a place on it": "点击风格地图以选取其上的位置",
    "Seed": "种子",
    "Selected Objects": "所选物体",
    "Showing Originals": "正在显示原图",
    "Strength": "强度",
    "Style Image": "风格图像",
    "Target": "对象",
    "Threads": "线程",
    "Ward": "Ward",
    "Whole File": "整个文件",
    "External Python": "外部 Python",
    # Frames
    "Anchor Interval": "锚点间隔",
    "As Source": "与来源相同",
    "Coherence": "连贯性",
    "Coherence Strength": "连贯强度",
    "Enable Passes": "启用通道",
    "First": "首帧",
    "Format": "格式",
    "Animation": "动画",
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
    "Add these frames with the current settings to the queue": "将这些帧按当前设置加入队列",
    "Start the jobs of the queue, one after the other": "依次开始队列中的任务",
    "Remove all jobs from the queue; the running one goes on": (
        "清除队列中的所有任务；正在运行的任务继续"
    ),
    "Sequencer": "序列编辑器",
    "Compositor": "合成器",
    "Add as Image node (unlinked)": "添加为图像节点（未连接）",
    "Render and Restyle": "渲染并风格化",
    "Press Use Render Output first": "请先点击“使用渲染输出”",
    "Render the missing frames, then restyle all": "渲染缺失的帧，然后风格化全部帧",
    "Color Depth": "颜色深度",
    "Bits per channel of the restyled frames, if their format supports it": (
        "风格化后的帧每个通道的位数，以其格式支持为限"
    ),
    "Same depth as the source": "与来源的深度相同",
    "8 Bit": "8 位",
    "16 Bit": "16 位",
    "Half Float": "半精度浮点",
    "Float": "浮点",
    "256 levels": "256 级",
    "65536 levels": "65536 级",
    "16 bits, values above 1": "16 位，可大于 1",
    "32 bits, values above 1": "32 位，可大于 1",
    "Source": "来源",
    "Shared Statistics": "共享统计",
    "Step": "步长",
    "Layer": "层",
    "View layer of OpenEXR frames. Leave empty for the picture of the compositor": (
        "OpenEXR 帧的视图层。留空则使用合成器的图像"
    ),
    "TIFF": "TIFF",
    "Use Render Output": "使用渲染输出",
    "Also write the restyled frames as a movie": "同时将风格化后的帧写成影片",
    "Any frame of the animation, or a movie": "动画的任意一帧，或一部影片",
    "Add as image strip in the Video Sequencer": "添加为视频序列编辑器中的图像条",
    "Add as image, and to the active Image Texture node of the active object": (
        "添加为图像，并用于活动物体的活动图像纹理节点"
    ),
    "Each frame by itself": "每一帧单独处理",
    "File format of the restyled frames": "风格化后的帧的文件格式",
    "First frame to restyle": "要风格化的第一帧",
    "Folder of the restyled frames. Leave empty to write next to the source": (
        "风格化后的帧所在的文件夹。留空则写在来源旁边"
    ),
    "Frames between key frames that are painted from scratch (0 = automatic)": (
        "两个从头绘制的关键帧之间的帧数（0 = 自动）"
    ),
    "Relief Maps": "浮雕贴图",
    "Also write the height and the normals of the paint, as image sequences": (
        "同时将颜料的高度和法线写成图像序列"
    ),
    "Set Engine to Network; it carries painted frames": "请将引擎设为网络；手绘帧由它延续",
    "How strongly strokes follow motion": "笔触跟随运动的程度",
    "Reduce flicker between frames": "减少帧之间的闪烁",
    "Last frame to restyle": "要风格化的最后一帧",
    "Load the restyled frames": "加载风格化后的帧",
    "Same format as the source": "与来源的格式相同",
    "Lossless, 8 or 16 bit": "无损，8 或 16 位",
    "Lossless, with alpha": "无损，带透明通道",
    "One set of style statistics for each shot": "每个镜头使用一组风格统计",
    "Render to OpenEXR MultiLayer with the Vector and Depth passes, without motion blur": (
        "渲染为带矢量和深度通道的多层 OpenEXR，并关闭运动模糊"
    ),
    "Overwrite existing files": "覆盖已有的文件",
    "Restyle every Nth frame": "每 N 帧风格化一次",
    "Restyle only some of the frames": "只风格化部分帧",
    "Restyle the frames; those that an earlier run finished are skipped": (
        "风格化这些帧；之前已完成的帧会被跳过"
    ),
    "Scene-linear floats": "场景线性浮点",
    "Small, without alpha": "文件小，无透明通道",
    "Strokes follow motion, by the Vector pass or optical flow": "笔触按矢量通道或光流跟随运动",
    "Take the frames from the render output of this scene": "使用此场景渲染输出的帧",
    "Where to load the restyled frames": "将风格化后的帧加载到何处",
    # Tooltips
    "Group by color (0) or by structure (1)": "按颜色（0）或按结构（1）分组",
    "Add or remove a preset of the style and its settings": "添加或移除风格及其设置的预设",
    "Mark the restyled materials of this scene as assets, tagged with their styles": (
        "将当前场景中已风格化的材质标记为资产，并以其风格作为标签"
    ),
    "A main color of the group": "该分组的一种主色",
    "Image or saved style (.impasto) to take the look from": (
        "外观所取自的图像或已保存的风格（.impasto）"
    ),
    "A Python with torch that does the work, for example with a CUDA build. "
    "Leave empty to use Blender's own": (
        "执行计算的带有 torch 的 Python，例如 CUDA 版本。留空则使用 Blender 自带的 Python"
    ),
    "Always the CPU": "始终使用 CPU",
    "An NVIDIA GPU (or an AMD GPU with a ROCm torch)": (
        "NVIDIA GPU（或使用 ROCm 版 torch 的 AMD GPU）"
    ),
    "Check whether this Python has everything that Impasto needs": (
        "检查该 Python 是否具备 Impasto 所需的一切"
    ),
    "Built-in styles": "内置风格",
    "How long to refine, in seconds; cancelling keeps the best result so far": (
        "精炼的时长（秒）；取消时保留目前最好的结果"
    ),
    "Train the model on this style for a closer match (takes minutes)": (
        "针对此风格训练模型，使结果更接近（需要几分钟）"
    ),
    "Choose an image or saved style (.impasto) to take the look from": (
        "选择外观所取自的图像或已保存的风格（.impasto）"
    ),
    "Dense groups of any shape. Odd textures stay ungrouped": (
        "任意形状的密集分组。与众不同的纹理不入组"
    ),
    "Free its memory. The next job restarts it": "释放其内存。下一个任务会重新启动它",
    "Every included group that has a style": "所有已选风格且已包含的分组",
    "Every restyled texture in the file": "文件中所有已风格化的纹理",
    "Folder for restyled images; // is the folder of the .blend file": (
        "存放风格化图像的文件夹；// 表示 .blend 文件所在的文件夹"
    ),
    "Memory that jobs may use, in gigabytes (0 = what is free when a job starts)": (
        "任务可用的内存（GB，0 表示任务开始时的空闲内存）"
    ),
    "Give all groups the style and the settings of the active group": (
        "将活动分组的风格和设置用于所有分组"
    ),
    "Find image textures in the scope and group similar ones": (
        "查找范围内的图像纹理，并将相似的归为一组"
    ),
    "CPU threads (0 = all but one)": "CPU 线程数（0 表示除一个外的全部）",
    "How much of the style is applied; 0 leaves the texture as it is": (
        "风格的应用程度；0 表示纹理保持不变"
    ),
    "How much of the texture's own color is kept; at 1 only the brightness changes": (
        "保留纹理自身颜色的程度；为 1 时只改变明暗"
    ),
    "How textures are grouped": "纹理的分组方式",
    "How the distance between two groups is measured": "两个分组之间距离的度量方式",
    "Identifier of a built-in style, or the path of an image or style file": (
        "内置风格的标识，或图像、风格文件的路径"
    ),
    "Minimize the spread inside each group": "使每个分组内部的差异最小",
    "Keep this group unchanged when analyzing again": "再次分析时保持该分组不变",
    "Restyle this group with all groups": "风格化所有分组时包含该分组",
    "Restyle this texture": "风格化此纹理",
    "Pause or resume the running job": "暂停或继续正在运行的任务",
    "Let Similarity decide how many groups there are": "由“相似度”决定分为多少组",
    "Maximum size of the longer side in pixels (0 = source size)": (
        "最长边的最大像素数（0 表示源图像的尺寸）"
    ),
    "Mean distance between the textures of the two groups": "两个分组的纹理之间的平均距离",
    "Merge the most similar textures step by step": "逐步合并最相似的纹理",
    "Move the selected texture to another group": "将所选纹理移到另一个分组",
    "Move the selected texture and those below it to a new group": (
        "将所选纹理及其下方的纹理移到新分组"
    ),
    "Name of the group": "分组的名称",
    "Random seed": "随机种子",
    "Number of groups": "分组的数量",
    "Pack the restyled images into the .blend file": "将风格化图像打包到 .blend 文件中",
    "Merge the active group into another group": "将活动分组并入另一个分组",
    "Restore the original textures; the restyled image files stay on disk": (
        "恢复原始纹理；风格化图像文件仍保留在磁盘上"
    ),
    "Restyle the textures at a low resolution to judge a style quickly": (
        "以低分辨率风格化纹理，以便快速判断风格"
    ),
    "Restyle the textures of the groups; the originals are kept": "风格化各分组的纹理；原图会保留",
    "Compact groups of textures near their mean. Good default": (
        "由接近平均值的纹理组成的紧凑分组。适合作为默认"
    ),
    "Select the objects that use the textures of the active group": "选择使用活动分组纹理的物体",
    "Show a plot in an Image Editor": "在图像编辑器中显示图表",
    "A neural network recolors and textures. Fast": "神经网络重新着色并添加质感。速度快",
    "Pieces of the style image are put together. Sharp": "拼合风格图像的小块。清晰锐利",
    "Brush strokes like the style's, with relief": "与风格相似的笔触，带浮雕",
    "Roughness of the paint where the texture is flat; 0 leaves flat areas smooth": (
        "纹理平坦处颜料的粗糙程度；0 使平坦区域保持光滑"
    ),
    "How small the smallest strokes are; finer strokes keep more detail": (
        "最小笔触有多小；更细的笔触保留更多细节"
    ),
    "What the strokes follow": "笔触跟随的方向",
    "Along the edges and the grain of the texture": "沿纹理的边缘和纹路",
    "In the directions of the style's own strokes": "按风格自身笔触的方向",
    "All in one direction": "全部朝同一方向",
    "Direction of all strokes, if Direction is Angle": "当方向为“角度”时所有笔触的方向",
    "Opacity of the strokes; 1 is that of the style": "笔触的不透明度；1 与风格相同",
    "Variation of the strokes' color and direction; 1 is that of the style": (
        "笔触颜色和方向的变化；1 与风格相同"
    ),
    "Thickness of the paint; light plays on it. 0 leaves the surface flat": (
        "颜料的厚度；光线在其上变化。0 使表面平坦"
    ),
    "Stroke size. 1 matches the style image; larger is coarser": (
        "笔触大小。1 与风格图像一致；越大越粗"
    ),
    "Cancel the running job; finished textures are kept": "取消正在运行的任务；已完成的纹理会保留",
    "Toggle between original and restyled textures": "在原始纹理与风格化纹理之间切换",
    "How alike textures must be to share a group. Higher makes more, smaller groups": (
        "纹理要多相似才归为一组。值越高，分组越多、越小"
    ),
    "Merge the groups of both textures, and keep them together when analyzing again": (
        "合并两个纹理所在的分组，再次分析时也保持在一起"
    ),
    "Keep both textures in different groups, also when analyzing again": (
        "使两个纹理留在不同的分组，再次分析时也是如此"
    ),
    "Forget which textures you moved, merged or kept apart. The groups stay until you analyze again": (
        "忘记您移动、合并或分开了哪些纹理。分组在再次分析之前保持不变"
    ),
    "Textures of all materials in the file": "文件中所有材质的纹理",
    "Textures of all objects in this scene": "当前场景中所有物体的纹理",
    "Textures of the group selected in the list": "列表中所选分组的纹理",
    "Textures of the selected objects": "所选物体的纹理",
    "The GPU if torch can use one, else the CPU": "如果 torch 可以使用 GPU 则用 GPU，否则用 CPU",
    "The GPU of a Mac": "Mac 的 GPU",
    "The group selected in the list": "列表中所选的分组",
    "The group that takes the texture": "接收该纹理的分组",
    "The group that takes the textures": "接收这些纹理的分组",
    "The scene shows its original textures for comparison": "场景正在显示原始纹理以供对比",
    "The texture selected in the list": "列表中所选的纹理",
    "Keep tiling textures free of seams at the borders": "使平铺纹理的边界处没有接缝",
    "What paints. Analyze, Create and regions always use the CPU": (
        "用于绘制的设备。分析、创造和区域始终使用 CPU"
    ),
    "Where restyled images are kept": "风格化图像的存放位置",
    "Which groups to stylize": "要风格化的分组",
    "Which plot": "要打开的图表",
    "Which textures to revert": "要还原的纹理",
    "Which textures to analyze": "要分析的纹理",
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
